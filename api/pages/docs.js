// Shows the interface's description: one entry an operation, with what goes in and what comes out.
"use strict";

const element = (name, text, ...children) => {
  const e = document.createElement(name);
  if (text) e.textContent = text;
  e.append(...children);
  return e;
};

// expand replaces references by what they refer to, as deep as they do not repeat.
const expand = (schema, all, seen = []) => {
  if (Array.isArray(schema)) return schema.map((s) => expand(s, all, seen));
  if (schema === null || typeof schema !== "object") return schema;
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    return seen.includes(name) ? { $ref: name } : expand(all[name], all, [...seen, name]);
  }
  return Object.fromEntries(Object.entries(schema).map(([k, v]) => [k, expand(v, all, seen)]));
};

const shape = (title, schema, all) =>
  element("section", "", element("h3", title), element("pre", JSON.stringify(expand(schema, all), null, 2)));

const parameters = (list) => {
  const rows = list.map((p) =>
    element("tr", "", element("td", "", element("code", p.name)), element("td", p.in),
      element("td", p.description || ""), element("td", JSON.stringify(p.schema))));
  return element("table", "", element("tbody", "", ...rows));
};

const operation = (method, path, op, all) => {
  const entry = element("details", "", element("summary", "",
    element("code", method.toUpperCase() + " " + path), " — " + (op.summary || "")));
  if (op.description) entry.append(element("p", op.description));
  if (op.parameters) entry.append(parameters(op.parameters));
  for (const media of Object.values(op.requestBody?.content || {})) entry.append(shape("request", media.schema, all));
  for (const [status, response] of Object.entries(op.responses || {})) {
    if (status >= "400" || status === "default") continue;
    for (const media of Object.values(response.content || {})) entry.append(shape(status, media.schema, all));
  }
  return entry;
};

const show = async () => {
  const place = document.getElementById("operations");
  const description = await (await fetch("/openapi.json")).json();
  const all = description.components.schemas;
  const groups = new Map();
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, op] of Object.entries(methods)) {
      const tag = op.tags?.[0] || "";
      groups.set(tag, [...(groups.get(tag) || []), operation(method, path, op, all)]);
    }
  }
  for (const [tag, entries] of groups) place.append(element("h2", tag), ...entries);
};

show();
