// What went to the app and what came from it, newest first.

import { h } from "./dom.js";
import { me, redraw, store } from "./store.js";
import { fullTime } from "./zone.js";

const DIRECTIONS = [["both", "Both ways"], ["to_app", "To the app"], ["from_app", "From the app"]];

export function payloads() {
  if (!store.log.open) return h("aside", { id: "payloads", "aria-label": "Payloads", hidden: true });
  const entries = numbered(store.state.log)
    .reverse()
    .filter((entry) => store.log.direction === "both" || entry.direction === store.log.direction);
  return h("aside", { id: "payloads", class: "payloads", "aria-label": "Payloads" },
    h("header", { class: "payloads-head" }, h("h2", null, "Payloads"), filter(), closeButton()),
    h("div", { class: "payload-list" },
      entries.length === 0 && h("p", { class: "nothing" }, "Nothing yet."),
      entries.map(drawEntry)));
}

// Entries have no id of their own; several may share a moment.
function numbered(log) {
  const seen = new Map();
  return log.map((entry) => {
    const name = `${entry.at} ${entry.direction} ${entry.what}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return { ...entry, key: `${name} ${count}` };
  });
}

function filter() {
  return h("select", {
    "aria-label": "Direction", value: store.log.direction,
    onchange: (event) => {
      store.log.direction = event.target.value;
      redraw();
    },
  }, DIRECTIONS.map(([value, name]) => h("option", { value, key: value }, name)));
}

function closeButton() {
  return h("button", {
    type: "button", class: "button", onclick: () => {
      store.log.open = false;
      redraw();
    },
  }, "Hide");
}

function drawEntry(entry) {
  const unfolded = store.log.unfolded.has(entry.key);
  const kind = entry.payload?.type;
  return h("details", {
    key: entry.key, class: `payload ${entry.direction}`, ontoggle: (event) => fold(entry, event.target.open),
  },
    h("summary", null,
      h("span", { class: "direction", title: entry.direction === "to_app" ? "To the app" : "From the app" },
        entry.direction === "to_app" ? "→ " : "← "),
      h("code", { class: "what" }, entry.what),
      typeof kind === "string" && kind !== entry.what && h("span", { class: "kind" }, kind),
      h("span", { class: `status ${isGood(entry.status) ? "" : "failed"}` }, entry.status),
      h("time", { datetime: entry.at, title: fullTime(entry.at, me()) }, clock(entry.at))),
    unfolded && h("pre", { tabindex: "0" }, JSON.stringify(entry.payload, null, 2)));
}

// An answer's HTTP status, "ok" or an error's name; null while it is awaited.
function isGood(status) {
  return status === null || status === "ok" || (status >= 200 && status < 300);
}

function fold(entry, open) {
  if (open) store.log.unfolded.add(entry.key);
  else store.log.unfolded.delete(entry.key);
  redraw();
}

function clock(iso) {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: me().tz, hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 1,
  }).format(new Date(iso));
}
