// What stands around the conversation: the top bar, the list of places, and the notices.

import { postAct } from "./api.js";
import { avatar } from "./conversation.js";
import { h } from "./dom.js";
import { iconButton, menuButton } from "./popup.js";
import { channelName } from "./selects.js";
import { hideToast, me, redraw, store } from "./store.js";

export function topBar(onPerson) {
  const { team } = store.state;
  return h("header", { class: "top-bar" },
    h("div", { class: "team" },
      h("strong", null, team.name),
      h("span", { class: "tagline" }, "A Slack on your own machine")),
    !store.connected && h("span", { class: "offline", key: "offline", role: "status" }, "Reconnecting…"),
    chooser(onPerson),
    h("button", {
      type: "button", class: "top-button", "aria-expanded": String(store.log.open), "aria-controls": "payloads",
      onclick: () => {
        store.log.open = !store.log.open;
        redraw();
      },
    }, "Payloads"));
}

function chooser(onPerson) {
  const chosen = me();
  return menuButton({
    key: "you are", label: `You are ${chosen.real_name}`, className: "top-button chooser", toLeft: true,
    face: [
      h("span", { class: "chooser-name" },
        h("span", { class: "chooser-lead" }, "You are "), h("strong", null, chosen.real_name)),
      h("span", { class: "chooser-marks" }, marks(chosen)),
    ],
    items: store.state.people.filter((person) => !person.deleted).map((person) => ({
      key: person.id, name: person.real_name, note: marks(person), current: person.id === chosen.id,
      pick: () => onPerson(person.id),
    })),
  });
}

function marks(person) {
  const role = (person.is_admin && "Admin") || (person.is_guest && "Guest");
  return [role, person.locale, person.tz].filter(Boolean).join(" · ");
}

export function sidebar() {
  const { channels, app } = store.state;
  const direct = channels.filter((channel) => channel.kind === "im");
  const rooms = channels.filter((channel) => channel.kind !== "im");
  return h("nav", { class: `sidebar ${store.sidebarOpen ? "open" : ""}`, "aria-label": "Conversations" },
    group("App", [placeLink("home", h("span", { class: "avatar app", "aria-hidden": "true" }, "⌂"), "Home", 0)]),
    group("Channels", rooms.map((channel) => placeLink(channel.id, sign(channel), channel.name, channel.unread))),
    group("Direct messages", direct.map((channel) => {
      const name = channelName(channel);
      return placeLink(channel.id, avatar(channel.with, name, channel.with === app.bot_user_id), name, channel.unread);
    })),
    timePassing(),
    h("p", { class: "honest" }, "A stand-in for trying the app out. Nothing here reaches Slack."));
}

// Reminders come at their hour: who tries the bot out need not wait for it.
function timePassing() {
  const { hours_ahead: ahead, me: person } = store.state;
  return ahead !== null && h("section", { class: "time", "aria-label": "Time", key: "time" },
    h("span", null, ahead ? `Time: ${ahead} h ahead` : "Time: now"),
    h("button", {
      type: "button", class: "button", onclick: () => postAct({ as: person.id, do: "later", hours: 1 }),
    }, "An hour later"));
}

function group(title, links) {
  return h("section", { "aria-label": title, key: title }, h("h2", null, title), h("ul", null, links));
}

function sign(channel) {
  return h("span", { class: "sign", "aria-hidden": "true" }, channel.kind === "private" ? "🔒" : "#");
}

function placeLink(id, mark, name, unread) {
  return h("li", { key: id }, h("a", {
    href: `#${id}`, "aria-current": store.place === id ? "page" : null, class: unread ? "unread" : "",
    onclick: () => {
      store.sidebarOpen = false;
      redraw();
    },
  }, mark, h("span", { class: "place-name" }, name),
  unread > 0 && h("span", { class: "count" }, unread, h("span", { class: "spoken" }, " unread"))));
}

export function notices() {
  return h("div", { class: "notices", role: "status", "aria-label": "Notices" },
    [...store.state.notices, ...store.toasts].map((notice) => h("div", { class: "notice", key: notice.id },
      h("p", null, notice.text),
      iconButton("close", "Hide notice", () => hideToast(notice)))));
}
