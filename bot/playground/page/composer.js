// Where the person writes: messages, commands with their hints, and the global shortcuts.

import { h } from "./dom.js";
import { allTold } from "./interact.js";
import { face, menuButton } from "./popup.js";
import { act, redraw, store } from "./store.js";

const texts = new Map();
const hints = { active: 0, moved: false, hidden: false };

export function composer(channel, name) {
  const text = texts.get(channel.id) ?? "";
  const found = hints.hidden ? [] : matching(text);
  hints.active = Math.min(hints.active, Math.max(0, found.length - 1));
  return h("div", { class: "composer", key: `composer ${channel.id}` },
    found.length > 0 && hintList(channel, found),
    usage(text),
    h("div", { class: "composer-box", key: "box" },
      shortcuts(),
      field(channel, name, text, found),
      h("button", {
        type: "button", class: "plain-icon send", "aria-label": "Send", "aria-disabled": text.trim() ? null : "true",
        onclick: () => send(channel),
      }, face("send"))));
}

function matching(text) {
  if (!text.startsWith("/") || /\s/.test(text)) return [];
  return store.state.app.commands.filter(({ command }) => command.startsWith(text.toLowerCase()));
}

function hintList(channel, found) {
  return h("div", { class: "hints", key: "hints", role: "listbox", id: "command-hints", "aria-label": "Commands" },
    found.map((entry, index) => h("div", {
      key: entry.command, id: `hint-${index}`, role: "option", "aria-selected": String(index === hints.active),
      "aria-label": entry.command, "aria-description": entry.description,
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => complete(channel, entry),
    },
    h("strong", null, entry.command), " ",
    entry.usage_hint && h("span", { class: "usage-hint" }, entry.usage_hint),
    h("span", { class: "note" }, entry.description))));
}

function usage(text) {
  const [word, ...rest] = text.split(/\s/);
  const entry = rest.length > 0 && store.state.app.commands.find(({ command }) => command === word);
  return entry && entry.usage_hint && h("p", { class: "usage note" }, h("strong", null, word), ` ${entry.usage_hint}`);
}

function shortcuts() {
  const items = store.state.app.shortcuts
    .filter((shortcut) => shortcut.type === "global")
    .map((shortcut) => ({
      name: shortcut.name, note: store.state.app.name,
      pick: async () => {
        await allTold();
        act({ do: "shortcut", callback_id: shortcut.callback_id });
      },
    }));
  return menuButton({
    key: "shortcuts", label: "Shortcuts", className: "plain-icon", face: face("bolt"), items,
    empty: "The app has no global shortcuts",
  });
}

function field(channel, name, text, found) {
  return h("textarea", {
    rows: String(Math.min(8, text.split("\n").length)), "aria-label": `Message ${name}`, placeholder: `Message ${name}`,
    "aria-autocomplete": "list", "aria-controls": found.length ? "command-hints" : null,
    "aria-activedescendant": found.length ? `hint-${hints.active}` : null,
    value: text,
    oninput: (event) => write(channel, event.target.value),
    onkeydown: (event) => key(event, channel, text, found),
  });
}

function write(channel, text) {
  texts.set(channel.id, text);
  Object.assign(hints, { active: 0, moved: false, hidden: false });
  redraw();
}

function complete(channel, entry) {
  write(channel, `${entry.command} `);
}

function key(event, channel, text, found) {
  if (event.isComposing) return;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (found.length && event.key in steps) {
    hints.active = (hints.active + steps[event.key] + found.length) % found.length;
    hints.moved = true;
    redraw();
  } else if (found.length && event.key === "Escape") {
    hints.hidden = true;
    redraw();
  } else if (found.length && (event.key === "Tab" || (event.key === "Enter" && !isWhole(text, found)))) {
    complete(channel, found[hints.active]);
  } else if (event.key === "Enter" && !event.shiftKey) {
    send(channel);
  } else {
    return;
  }
  event.preventDefault();
}

// A command typed to its end is sent by Enter, although a longer one begins with the same letters.
function isWhole(text, found) {
  return !hints.moved && found.some(({ command }) => command === text);
}

async function send(channel) {
  const text = (texts.get(channel.id) ?? "").trim();
  if (!text) return;
  write(channel, "");
  const kind = text.startsWith("/") ? "command" : "say";
  const answer = await act({ do: kind, channel: channel.id, text });
  if (!answer.ok && !texts.get(channel.id)) write(channel, text);
}
