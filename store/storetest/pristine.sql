-- What a test's database was like when it was new, beside its record: the rows that migrations wrote, where sequences stood,
-- and its shape. A database is given to the next test if it still has that shape.
CREATE SCHEMA storetest;

CREATE TABLE storetest.sequences AS
	SELECT format('%I.%I', schemaname, sequencename) AS name, coalesce(last_value, start_value) AS value, last_value IS NOT NULL AS called
	FROM pg_sequences WHERE schemaname = 'public';

DO $$
DECLARE name text; filled boolean;
BEGIN
	FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
		EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO filled;
		IF filled THEN
			EXECUTE format('CREATE TABLE storetest.%I AS TABLE public.%I', 'row_of_' || name, name);
		END IF;
	END LOOP;
END $$;

-- The tables that were ever written to since they were new.
CREATE VIEW storetest.touched AS
	SELECT c.relname::text AS name, pg_relation_size(c.oid) AS size FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = 'public' AND c.relkind = 'r' AND pg_relation_size(c.oid) > 0;

-- Whatever changes the schema, or who may do what, writes a row of one of these, or removes one. To vacuum does not.
CREATE VIEW storetest.shape AS SELECT concat_ws(' ',
	(SELECT (count(*), max(xmin::text::bigint)) FROM pg_class WHERE relpersistence <> 't'),
	(SELECT (count(*), max(xmin::text::bigint)) FROM pg_attribute a WHERE EXISTS (
		SELECT FROM pg_class c WHERE c.oid = a.attrelid AND c.relpersistence <> 't')),
	(SELECT (count(*), max(xmin::text::bigint)) FROM pg_constraint),
	(SELECT (count(*), max(xmin::text::bigint)) FROM pg_trigger),
	(SELECT (count(*), max(xmin::text::bigint)) FROM pg_proc),
	(SELECT (count(*), max(xmin::text::bigint)) FROM pg_default_acl),
	(SELECT (count(*), max(xmin::text::bigint)) FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_')
) AS shape;

CREATE FUNCTION storetest.clean() RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS $$
DECLARE touched text;
BEGIN
	FOR touched IN SELECT name FROM storetest.touched LOOP
		EXECUTE format('DELETE FROM public.%I', touched);
	END LOOP;
	FOR touched IN SELECT substr(tablename, length('row_of_') + 1) FROM pg_tables WHERE schemaname = 'storetest' AND tablename LIKE 'row\_of\_%' LOOP
		EXECUTE format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE TABLE storetest.%I', touched, 'row_of_' || touched);
	END LOOP;
	PERFORM lo_unlink(oid) FROM pg_largeobject_metadata;
	PERFORM setval(name::regclass, value, called) FROM storetest.sequences;
END $$;

CREATE TABLE storetest.pristine (shape text NOT NULL);
INSERT INTO storetest.pristine TABLE storetest.shape;
