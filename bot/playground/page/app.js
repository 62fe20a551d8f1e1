// Starts the page: who is looking and where, the state from the server, and each drawing of it.

import { followChanges } from "./api.js";
import { drawPlace, keepScroll, noteScroll } from "./conversation.js";
import { draw, h } from "./dom.js";
import * as drafts from "./drafts.js";
import { notices, sidebar, topBar } from "./frame.js";
import { allTold } from "./interact.js";
import { afterDrawing, beforeDrawing, drawModals } from "./modals.js";
import { payloads } from "./payloads.js";
import { closePopup, placePopup, watchPopups } from "./popup.js";
import { act, redraw, refresh, store, whenDrawing, whenLoaded } from "./store.js";

const PERSON_SLOT = "playground person";
const RETRY_MS = 1500;
const NOBODY = "The playground does not answer for this person. Is it running? "
  + "To be somebody else, put ?as= and a person's id into the address.";
const root = document.getElementById("page");

function drawPage() {
  if (!store.state) {
    draw(root, h("p", { class: "starting" }, NOBODY));
    return;
  }
  beforeDrawing();
  noteScroll();
  markRead();
  const behind = store.state.modals.length > 0 || store.question !== null;
  draw(root, [
    topBar(changePerson),
    h("div", { class: "below" },
      h("div", { class: "workspace", inert: behind }, sidebar(), drawPlace(showSidebar)),
      drawModals(),
      payloads()),
    notices(),
  ]);
  keepScroll();
  placePopup();
  afterDrawing();
}

function showSidebar() {
  store.sidebarOpen = !store.sidebarOpen;
  redraw();
}

function closeSidebar(event) {
  if (!store.sidebarOpen || event.target.closest?.(".sidebar, .sidebar-button")) return;
  store.sidebarOpen = false;
  redraw();
}

function take(state, asked) {
  const isFirst = store.state === null;
  store.state = state;
  drafts.settle(asked);
  rememberPerson(state.me.id);
  if (isFirst) visit();
  if (store.place !== "home" && !state.channels.some((channel) => channel.id === store.place)) {
    location.hash = "home";
  }
}

function rememberPerson(id) {
  store.person = id;
  localStorage.setItem(PERSON_SLOT, id);
  const address = new URL(location.href);
  if (address.searchParams.get("as") === id) return;
  address.searchParams.set("as", id);
  history.replaceState(null, "", address);
}

async function changePerson(id) {
  store.question?.answer(false);
  await allTold();
  closePopup();
  drafts.forget();
  store.person = id;
  await refresh();
  visit();
}

function visit() {
  store.place = decodeURIComponent(location.hash.slice(1)) || "home";
  store.sidebarOpen = false;
  closePopup();
  const channel = store.state?.channels.find((one) => one.id === store.place);
  if (store.place === "home") act({ do: "home" });
  else if (channel?.with === store.state.app.bot_user_id) act({ do: "messages" });
  redraw();
}

async function start() {
  store.person = new URLSearchParams(location.search).get("as") ?? localStorage.getItem(PERSON_SLOT);
  whenDrawing(drawPage);
  whenLoaded(take);
  watchPopups();
  addEventListener("pointerdown", closeSidebar);
  await refresh();
  if (!store.state) await firstPerson();
  addEventListener("hashchange", visit);
  addEventListener("pagehide", drafts.flush);
  document.addEventListener("visibilitychange", redraw);
  follow();
}

// The person of an address or of the last visit may not exist in this team.
async function firstPerson() {
  store.person = null;
  await refresh();
}

let reading = false;

async function markRead() {
  const channel = store.state.channels.find((one) => one.id === store.place);
  if (reading || !channel?.unread || !store.connected || document.visibilityState !== "visible") return;
  reading = true;
  await act({ do: "read", channel: channel.id });
  reading = false;
}

function follow() {
  followChanges(
    store.state?.revision ?? 0,
    (revision) => revision !== store.state?.revision && refresh(),
    () => {
      store.connected = false;
      redraw();
      setTimeout(async () => {
        await refresh();
        follow();
      }, RETRY_MS);
    },
  );
}

start();
