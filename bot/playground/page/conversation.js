// The middle of the page: a channel or direct message with its messages, or the Home of the app.

import { drawBlocks } from "./blocks.js";
import { composer } from "./composer.js";
import { h } from "./dom.js";
import { face, iconButton, menuButton } from "./popup.js";
import { channelName } from "./selects.js";
import { act, me, store } from "./store.js";
import { plain, spans } from "./text.js";
import { dayOf, fullTime, timeOf } from "./zone.js";

const COLOURS = 8;

export function drawPlace(showSidebar) {
  const channel = store.state.channels.find((one) => one.id === store.place);
  const name = channel ? channelName(channel) : `${store.state.app.name} Home`;
  return h("main", { class: channel ? "conversation" : "home", "aria-label": name, tabindex: "-1", key: store.place },
    h("header", { class: "place-head" },
      iconButton("list", "Conversations", showSidebar, {
        className: "sidebar-button", "aria-expanded": String(store.sidebarOpen),
      }),
      h("h1", null, name)),
    channel ? conversation(channel, name) : home());
}

function home() {
  const { home: view, app } = store.state;
  if (!view) {
    return h("div", { class: "scroll" },
      h("p", { class: "nothing" }, `${app.name} has not published a Home for you yet.`));
  }
  const surface = { id: view.id, address: { view: view.id }, values: view.values ?? {}, errors: view.errors };
  return h("div", { class: "scroll" }, h("div", { class: "home-blocks" }, drawBlocks(view.blocks, surface)));
}

function conversation(channel, name) {
  return [
    h("div", { class: "scroll messages", role: "log", "aria-label": "Messages", tabindex: "0", key: "messages" },
      channel.messages.length === 0
        && h("p", { class: "nothing" }, "No messages here yet. Type / to see the commands."),
      withDays(channel)),
    composer(channel, name),
  ];
}

function withDays(channel) {
  let lastDay = null;
  return channel.messages.flatMap((message) => {
    const day = dayOf(message.at, me());
    const divider = day === lastDay ? null : h("div", { class: "day", key: `day ${day}` }, h("span", null, day));
    lastDay = day;
    return [divider, drawMessage(channel, message)];
  });
}

function drawMessage(channel, message) {
  const person = message.user_name;
  const fromApp = message.user === store.state.app.bot_user_id;
  return h("article", {
    key: `${message.ts} ${message.ephemeral}`, class: `message ${message.ephemeral ? "ephemeral" : ""}`,
    "aria-label": `${person}, ${timeOf(message.at, me())}`,
  },
  avatar(message.user, person, fromApp),
  h("div", { class: "message-body" },
    message.ephemeral && h("p", { class: "only-you", key: "only you" }, "Only visible to you"),
    h("p", { class: "byline" },
      h("strong", null, person), fromApp && h("span", { class: "badge" }, "App"),
      h("time", { datetime: message.at, title: fullTime(message.at, me()) }, timeOf(message.at, me()))),
    content(channel, message),
    message.edited && h("span", { class: "note edited" }, "(edited)")),
  !message.ephemeral && moreMenu(channel, message));
}

function content(channel, message) {
  if (!message.blocks?.length) return h("div", { class: "text" }, spans(message.spans ?? []));
  const surface = {
    id: `${store.person} ${channel.id}/${message.ts}`,
    address: { channel: channel.id, ts: message.ts },
    values: message.values,
  };
  return h("div", { class: "message-blocks" }, drawBlocks(message.blocks, surface));
}

function moreMenu(channel, message) {
  const items = store.state.app.shortcuts
    .filter((shortcut) => shortcut.type === "message")
    .map((shortcut) => ({
      name: shortcut.name, note: store.state.app.name,
      pick: () => act({
        do: "message_shortcut", callback_id: shortcut.callback_id, channel: channel.id, ts: message.ts,
      }),
    }));
  const about = plain(message).slice(0, 60);
  return menuButton({
    key: `more ${channel.id} ${message.ts}`, label: `More actions: ${about}`,
    className: "plain-icon more", toLeft: true, face: face("more"), items, empty: "The app has no message shortcuts",
  });
}

export function avatar(id, name, isApp = false) {
  const colour = [...id].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % COLOURS;
  const look = isApp ? "app" : `colour-${colour}`;
  return h("span", { class: `avatar ${look}`, "aria-hidden": "true" }, [...name][0] ?? "?");
}

// A conversation read to its end stays at its end when messages come.
let scrolled = { place: null, atEnd: true };

export function noteScroll() {
  const box = document.querySelector(".messages");
  if (!box) return;
  scrolled = { place: store.place, atEnd: box.scrollHeight - box.scrollTop - box.clientHeight < 60 };
}

export function keepScroll() {
  const box = document.querySelector(".messages");
  if (box && (scrolled.place !== store.place || scrolled.atEnd)) box.scrollTop = box.scrollHeight;
}
