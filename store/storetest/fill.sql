-- Cases and incidents by the thousand: see Fill. Ids are made of what they are of and its number, so that rows find one another.
-- How many there are to be stands in the settings fill.cases and fill.incidents.
SELECT setseed(0.5);

INSERT INTO accounts (id, role, label, district)
SELECT md5('account' || i)::uuid, 'operator', 'operator ' || i, CASE WHEN i > 8 THEN (ARRAY['haidian', 'xicheng', 'chaoyang', 'daxing'])[i - 8] END
FROM generate_series(1, 12) i;

INSERT INTO persons (id, id_type, id_number_sealed, name_sealed)
SELECT md5('person' || i)::uuid, 'resident_id', '\x01', '\x02' FROM generate_series(0, current_setting('fill.cases')::int / 3) i;

WITH
training AS MATERIALIZED (SELECT occupation, array_agg(institution_id ORDER BY institution_id) AS ids FROM institution_roles
    WHERE role = 'training' AND valid_to IS NULL GROUP BY occupation),
evaluation AS MATERIALIZED (SELECT occupation, array_agg(institution_id ORDER BY institution_id) AS ids FROM institution_roles
    WHERE role = 'evaluation' AND valid_to IS NULL GROUP BY occupation),
offered AS MATERIALIZED (SELECT row_number() OVER (ORDER BY occupation) - 1 AS n, occupation, t.ids AS trainers, e.ids AS evaluators
    FROM training t JOIN evaluation e USING (occupation)),
drawn AS MATERIALIZED (SELECT i, i % 4 = 0 AS open, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e,
    random() AS f, random() AS g, random() AS h, random() AS k, random() AS l FROM generate_series(0, current_setting('fill.cases')::int - 1) i),
placed AS MATERIALIZED (SELECT d.*, d.open AND d.l < 2.4 * current_setting('fill.incidents')::float / current_setting('fill.cases')::float AS stuck, o.occupation,
    o.trainers[1 + floor(cardinality(o.trainers) * a * a)::int] AS trainer,
    o.evaluators[1 + floor(cardinality(o.evaluators) * b * b)::int] AS evaluator,
    now() - CASE WHEN d.open THEN 700 ELSE 3650 END * c * interval '1 day' AS registered
    FROM drawn d JOIN offered o ON o.n = floor((SELECT count(*) FROM offered) * k * k)),
standing AS MATERIALIZED (SELECT p.*,
    CASE WHEN stuck THEN (ARRAY['overdue', 'overdue', 'business', 'business', 'business', 'external', 'external', 'program'])[1 + floor(8 * d)::int] ELSE '' END AS held,
    CASE WHEN open AND NOT stuck THEN (ARRAY['institution', 'institution', 'institution', 'trainee', 'calendar', 'system'])[1 + floor(6 * d)::int]
        WHEN stuck THEN 'operator' END AS owes,
    CASE WHEN NOT open THEN (ARRAY['mapped', 'mapped', 'mapped', 'mapped', 'certified', 'certified', 'trained', 'trained', 'withdrawn', 'rejected', 'untrained'])[1 + floor(11 * d)::int] END AS outcome
    FROM placed p),
timed AS MATERIALIZED (SELECT s.*, CASE WHEN NOT open THEN least(now(), registered + interval '30 days' + h * interval '300 days') END AS ended,
    CASE outcome WHEN 'mapped' THEN 'title' WHEN 'certified' THEN 'title' WHEN 'trained' THEN 'evaluation' WHEN 'untrained' THEN 'training'
        WHEN 'rejected' THEN 'registration' WHEN 'withdrawn' THEN 'exam'
        ELSE CASE WHEN owes = 'calendar' THEN 'title' ELSE (ARRAY['registration', 'training', 'training', 'exam', 'evaluation', 'evaluation', 'certificate'])[1 + floor(7 * e)::int] END END AS stage
    FROM standing s)
INSERT INTO cases (id, person_id, occupation, level, policy_version, training_body, evaluation_body, applicant, status, stage,
    owes_kind, owes_id, owes_since, due_at, outcome, registered_by, registered_at, registered_on, ended_at, last_event, district,
    held, untold, awaits_approval, paused_at, assignee, assigned_at, trained_on, certified_on, done)
SELECT md5('case' || i)::uuid, md5('person' || i / 3)::uuid, occupation, (ARRAY['junior', 'intermediate', 'senior'])[1 + i % 3],
    CASE WHEN f < 0.9 THEN 'beijing-2023' ELSE 'beijing-2023+demo' END, trainer, evaluator, '{"category": "in_post"}',
    CASE WHEN outcome = 'withdrawn' THEN 'withdrawn' WHEN NOT open THEN 'ended' WHEN stuck THEN 'stuck' WHEN owes = 'system' THEN 'active' ELSE 'waiting' END,
    stage, owes, CASE WHEN owes = 'institution' THEN trainer END,
    CASE WHEN open AND owes <> 'system' THEN registered + (now() - registered) * f END,
    CASE WHEN held = 'overdue' THEN now() - g * interval '60 days' WHEN owes IN ('institution', 'trainee') THEN now() + g * interval '60 days' END,
    outcome, md5('account1')::uuid, registered, registered::date,
    ended, 4, CASE WHEN h < 0.8 THEN (ARRAY['dongcheng', 'xicheng', 'chaoyang', 'fengtai', 'shijingshan', 'haidian', 'haidian', 'haidian', 'tongzhou', 'shunyi', 'changping', 'daxing', 'economic-development-area'])[1 + floor(13 * (100 * g - floor(100 * g)))::int] END,
    held, open AND NOT stuck AND h > 0.99, open AND h < 0.002, CASE WHEN open AND h > 0.8 AND h < 0.803 THEN now() END,
    CASE WHEN stuck AND h < 0.2 THEN md5('account' || 1 + floor(12 * e)::int)::uuid END, CASE WHEN stuck AND h < 0.2 THEN now() END,
    CASE WHEN outcome IN ('mapped', 'certified', 'trained') OR open AND stage IN ('title', 'evaluation', 'certificate')
        THEN (registered + (coalesce(ended, now()) - registered) * 0.3)::date END,
    CASE WHEN outcome IN ('mapped', 'certified') OR open AND stage = 'title' THEN (registered + (coalesce(ended, now()) - registered) * 0.8)::date END,
    (1 << array_position(ARRAY['registration', 'training', 'exam', 'evaluation', 'certificate', 'title', 'ce_hours'], stage)
        - CASE WHEN outcome IN ('mapped', 'certified') THEN 0 ELSE 1 END) - 1
FROM timed;

INSERT INTO case_stages (case_id, stage, state, since, due_at, owes_kind, owes_id)
SELECT c.id, s.stage, CASE
        WHEN s.place < p.place THEN 'done' WHEN s.place > p.place THEN 'pending'
        WHEN c.outcome IN ('mapped', 'certified') THEN 'done' WHEN c.outcome IS NOT NULL THEN 'failed'
        WHEN c.status = 'active' THEN 'active' ELSE c.status END,
    CASE WHEN s.place = p.place THEN coalesce(c.owes_since, c.ended_at, c.registered_at) ELSE c.registered_at END,
    CASE WHEN s.place = p.place THEN c.due_at END, CASE WHEN s.place = p.place AND c.status IN ('waiting', 'stuck') THEN c.owes_kind END,
    CASE WHEN s.place = p.place AND c.status = 'waiting' THEN c.owes_id END
FROM cases c
CROSS JOIN LATERAL (SELECT array_position(ARRAY['registration', 'training', 'exam', 'evaluation', 'certificate', 'title', 'ce_hours'], c.stage) AS place) p
CROSS JOIN unnest(ARRAY['registration', 'training', 'exam', 'evaluation', 'certificate', 'title', 'ce_hours']) WITH ORDINALITY AS s (stage, place);

INSERT INTO incidents (id, case_id, stage, kind, cause, institution_id, params, state, opened_at, occupation, level, district, training_body)
SELECT md5('open' || id)::uuid, id, stage, held, CASE held WHEN 'overdue' THEN 'task_overdue' WHEN 'program' THEN 'step_failed' WHEN 'external' THEN 'signing_failed'
    ELSE (ARRAY['eligibility_not_met', 'hours_insufficient', 'exam_attempts_exhausted', 'evaluation_entry_not_met', 'institution_not_listed', 'task_rejected', 'class_full'])[1 + floor(7 * random())::int] END,
    CASE WHEN stage IN ('evaluation', 'certificate') THEN evaluation_body ELSE training_body END, '{}',
    CASE WHEN random() < 0.03 THEN 'resolving' ELSE 'open' END, owes_since, occupation, level, district, training_body
FROM cases WHERE held <> '';

INSERT INTO incidents (id, case_id, stage, kind, cause, institution_id, state, opened_at, closed_at, closed_by, occupation, level, district, training_body)
SELECT md5('closed' || i)::uuid, c.id, 'training', 'overdue', 'task_overdue', c.training_body, 'closed', c.registered_at,
    least(now(), c.registered_at + interval '9 days'), 'arrival', occupation, level, district, training_body
FROM generate_series(1, current_setting('fill.incidents')::int - (SELECT count(*) FROM incidents)::int) i JOIN cases c ON c.id = md5('case' || i::bigint * 7919 % current_setting('fill.cases')::int)::uuid;

INSERT INTO certificates (id, case_id, kind, issuer, number, origin, status, facts, holder_sealed, digest, verify_token, policy_version,
    issued_on, recorded_at, status_since, issued_at, district, trained_by)
SELECT md5(k.kind || c.id)::uuid, c.id, k.kind, k.issuer, k.kind || '-' || c.id, 'issued', 'valid',
    '{"issuer_name": "x", "occupation": "x", "level": "x"}', '\x01', '\x02', md5('token' || k.kind || c.id), policy_version, k.day, k.day, k.day, k.day, district, training_body
FROM cases c CROSS JOIN LATERAL (VALUES ('training', training_body, trained_on), ('grade', evaluation_body, certified_on)) AS k (kind, issuer, day)
WHERE k.day IS NOT NULL;

INSERT INTO case_events (case_id, seq, at, kind, stage, actor)
SELECT id, n, registered_at, (ARRAY['case_registered', 'eligibility_met', 'evaluation_entry_met', 'title_not_met'])[n], 'registration', 'system'
FROM cases CROSS JOIN generate_series(1, 4) n WHERE outcome IS NULL;

INSERT INTO tasks (id, case_id, institution_id, kind, attempt, issue, state, issued_at, due_at, district, training_body)
SELECT md5('task' || id)::uuid, id, owes_id, 'training', 1, 1, 'open', owes_since, due_at, district, training_body FROM cases WHERE owes_kind = 'institution';

-- What stands beside the cases: the log, what was asked of institutions, what two decide, what was found, and one act on many.
INSERT INTO audit_entries (at, actor, action, subject, reason)
SELECT least(now(), registered_at + n * interval '9 hours'), CASE WHEN n < 3 THEN 'account:' || md5('account' || 1 + i.drawn % 12)::uuid ELSE 'system' END,
    (ARRAY['case.register', 'case.read', 'task.accept', 'certificate.issue'])[n], 'case:' || c.id, 'filled'
FROM cases c CROSS JOIN generate_series(1, 4) n CROSS JOIN LATERAL (SELECT ascii(c.id::text) + ascii(right(c.id::text, 1)) AS drawn) i
ORDER BY 1;

INSERT INTO outbox (id, institution_id, case_id, kind, subject_id, payload, state, attempts, created_at, delivered_at, woken_at, sequence)
SELECT md5('event' || id)::uuid, training_body, id, 'task.issued', md5('task' || id)::uuid, jsonb_build_object('task_id', md5('task' || id)::uuid),
    CASE WHEN outcome IS NOT NULL OR left(id::text, 1) > '0' THEN 'delivered' WHEN left(id::text, 2) > '01' THEN 'pending' ELSE 'failed' END,
    1, registered_at, CASE WHEN outcome IS NOT NULL OR left(id::text, 1) > '0' THEN registered_at END, registered_at, 1
FROM cases ORDER BY registered_at;

INSERT INTO approvals (id, case_id, verb, reason, legal_basis, requested_by, requested_at, state, decided_by, decided_at, decision_reason)
SELECT md5('approval' || c.id)::uuid, c.id, (ARRAY['waive', 'override', 'cancel'])[1 + p.n % 3], 'filled', 'filled', md5('account1')::uuid, c.registered_at,
    CASE p.n % 10 WHEN 0 THEN 'pending' WHEN 1 THEN 'rejected' ELSE 'approved' END, CASE WHEN p.n % 10 > 0 THEN md5('account2')::uuid END,
    CASE WHEN p.n % 10 > 0 THEN c.registered_at + interval '1 day' END, CASE WHEN p.n % 10 > 0 THEN 'filled' ELSE '' END
FROM generate_series(1, current_setting('fill.incidents')::int / 4) p(n) JOIN cases c ON c.id = md5('case' || p.n::bigint * 6271 % current_setting('fill.cases')::int)::uuid;

INSERT INTO petitions (id, kind, person_id, case_id, institution_id, topic, handled_by, district, second, text_sealed, asked_by, asked_at,
    state, outcome, answer, answered_by, answered_at, due_at, changed_at, woken)
SELECT md5('petition' || c.id)::uuid, 'complaint', c.person_id, c.id, c.training_body, 'fees', 'district', coalesce(c.district, 'haidian'), false, '\x01',
    md5('account1')::uuid, c.registered_at, CASE WHEN p.n % 5 = 0 THEN 'asked' ELSE 'answered' END, CASE WHEN p.n % 5 > 0 THEN 'founded' ELSE '' END,
    CASE WHEN p.n % 5 > 0 THEN 'filled' ELSE '' END, CASE WHEN p.n % 5 > 0 THEN md5('account2')::uuid END,
    CASE WHEN p.n % 5 > 0 THEN c.registered_at END, c.registered_at + interval '30 days', c.registered_at, true
FROM generate_series(1, current_setting('fill.incidents')::int / 4) p(n) JOIN cases c ON c.id = md5('case' || p.n::bigint * 5309 % current_setting('fill.cases')::int)::uuid;

INSERT INTO misconduct_cases (id, case_id, task_id, institution_id, report_id, part, attempt, act, occurred_on, account_sealed, state, recorded_by,
    recorded_at, due_at, changed_at)
SELECT md5('misconduct' || c.id)::uuid, c.id, md5('sat' || c.id)::uuid, c.evaluation_body, md5('report' || p.n / 3)::uuid, 'theory', 1, 'copying', c.registered_on,
    '\x01', 'recorded', md5('account1')::uuid, c.registered_at, now() + (p.n % 60 - 50) * interval '1 day', c.registered_at
FROM generate_series(1, current_setting('fill.incidents')::int / 20) p(n) JOIN cases c ON c.id = md5('case' || p.n::bigint * 4021 % current_setting('fill.cases')::int)::uuid;

INSERT INTO dead_letters (id, institution_id, account_id, kind, named_task, reason, body_sealed, digest, received_at, last_at, state, resolved_by, resolved_at, resolution)
SELECT md5('letter' || c.id)::uuid, c.training_body, md5('account1')::uuid, 'result', md5('named' || c.id)::uuid, 'task_unknown', '\x01', '\x02', c.registered_at,
    c.registered_at, CASE WHEN p.n % 5 = 0 THEN 'open' ELSE 'discarded' END, CASE WHEN p.n % 5 > 0 THEN md5('account2')::uuid END,
    CASE WHEN p.n % 5 > 0 THEN c.registered_at END, CASE WHEN p.n % 5 > 0 THEN 'filled' ELSE '' END
FROM generate_series(1, current_setting('fill.incidents')::int / 4) p(n) JOIN cases c ON c.id = md5('case' || p.n::bigint * 3571 % current_setting('fill.cases')::int)::uuid;

INSERT INTO inspections (id, institution_id, role, district, scope, planned_on, planned_by, planned_at, state, visited_on, report)
SELECT md5('inspection' || n)::uuid, b.id, 'training', b.district, 'filled', current_date - n % 3650, md5('account1')::uuid, now() - n % 3650 * interval '1 day',
    CASE WHEN n % 4 = 0 THEN 'planned' ELSE 'closed' END, CASE WHEN n % 4 > 0 THEN current_date - n % 3650 END, CASE WHEN n % 4 > 0 THEN 'filled' ELSE '' END
FROM (SELECT id, district, row_number() OVER (ORDER BY id) AS at, count(*) OVER () AS all FROM institutions WHERE id IN (SELECT training_body FROM cases)) b
JOIN generate_series(1, current_setting('fill.incidents')::int / 20) n ON n % b.all + 1 = b.at;

INSERT INTO batches (id, name, reason, verb, params, selection, counted, per_minute, watch_seconds, state, requested_by, requested_at, act_after, ended_at)
SELECT md5('batch' || n)::uuid, 'batch ' || n, 'filled', 'retry', '{}', '{}', least(10000, current_setting('fill.incidents')::int), 600, 60, 'done', md5('account1')::uuid,
    now() - n * interval '1 day', now() - n * interval '1 day', now() - n * interval '1 day' FROM generate_series(1, 1000) n;
INSERT INTO batch_items (batch_id, position, case_id, state, code, acted_at, settled_at)
SELECT md5('batch' || b)::uuid, n, md5('case' || n)::uuid, CASE WHEN n % 20 = 0 THEN 'stuck_again' ELSE 'cleared' END, CASE WHEN n % 20 = 0 THEN 'task_overdue' ELSE '' END,
    now() - b * interval '1 day', now() - b * interval '1 day' FROM generate_series(1, 10) b CROSS JOIN generate_series(1, least(10000, current_setting('fill.incidents')::int)) n;
