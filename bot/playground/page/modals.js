// The stack of modals and the question before an action; and where the focus goes when they come and go.

import { drawBlocks } from "./blocks.js";
import { h } from "./dom.js";
import { close, submit } from "./interact.js";
import { iconButton } from "./popup.js";
import { store } from "./store.js";
import { plain, rich } from "./text.js";

const FOCUSABLE = "a[href], button, input, textarea, select, summary, [tabindex='0']";

export function drawModals() {
  const views = store.state.modals;
  if (views.length === 0 && !store.question) return null;
  return h("div", { class: "overlay" },
    views.map((view, index) => modal(view, index, index === views.length - 1 && !store.question)),
    store.question && questionBox(store.question));
}

function modal(view, index, live) {
  const busy = isBusy(view);
  const surface = { id: view.id, address: { view: view.id }, values: view.values ?? {}, errors: view.errors, view };
  const titleId = `title-${view.id}`;
  const covered = index < store.state.modals.length - 1;
  return h("div", {
    key: view.id, class: `modal ${covered ? "covered" : ""}`, role: "dialog", "aria-modal": "true",
    "aria-labelledby": titleId, "aria-busy": busy ? "true" : null, tabindex: "-1", inert: !live,
    onkeydown: (event) => keyInModal(event, view),
  },
  h("header", { class: "modal-head" },
    h("h2", { id: titleId }, plain(view.title)),
    iconButton("close", "Dismiss", () => close(view))),
  h("div", { class: "modal-body", inert: busy }, drawBlocks(view.blocks, surface)),
  h("footer", { class: "modal-foot" },
    h("button", { type: "button", class: "button", onclick: () => close(view) },
      plain(view.close) || (view.submit ? "Cancel" : "Close")),
    view.submit && h("button", {
      type: "button", class: "button primary", "aria-disabled": busy ? "true" : null, onclick: () => submit(view),
    }, plain(view.submit))));
}

function isBusy(view) {
  return view.busy || store.submitting.has(view.id);
}

function keyInModal(event, view) {
  if (event.key === "Escape") {
    event.preventDefault();
    close(view);
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && view.submit) {
    event.preventDefault();
    submit(view);
  } else {
    keepFocusInside(event);
  }
}

function questionBox(question) {
  return h("div", { class: "question-layer" },
    h("div", {
      class: "modal question", role: "alertdialog", "aria-modal": "true", tabindex: "-1",
      "aria-labelledby": "question-title", "aria-describedby": "question-text",
      onkeydown: (event) => {
        if (event.key === "Escape") question.answer(false);
        else keepFocusInside(event);
      },
    },
    h("header", { class: "modal-head" }, h("h2", { id: "question-title" }, plain(question.title))),
    h("div", { class: "modal-body text", id: "question-text" }, rich(question.text)),
    h("footer", { class: "modal-foot" },
      h("button", {
        type: "button", class: "button", onclick: () => question.answer(false),
      }, plain(question.deny) || "Cancel"),
      h("button", {
        type: "button", class: `button ${question.style ?? "primary"}`, onclick: () => question.answer(true),
      }, plain(question.confirm) || "Yes"))));
}

function keepFocusInside(event) {
  if (event.key !== "Tab") return;
  const inside = [...event.currentTarget.querySelectorAll(FOCUSABLE)]
    .filter((node) => node.tabIndex >= 0 && node.offsetParent);
  const first = inside[0];
  const last = inside.at(-1);
  const leaving = event.shiftKey ? first : last;
  const atEdge = document.activeElement === leaving || document.activeElement === event.currentTarget;
  if (!atEdge || (document.activeElement === event.currentTarget && !event.shiftKey)) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}

// Layers on the screen, bottom first, each with the element that had the focus when it came.
let layers = [];
let focusedBefore = null;
let errorsBefore = "{}";

export function beforeDrawing() {
  focusedBefore = document.activeElement;
}

export function afterDrawing() {
  const ids = store.state.modals.map((view) => view.id);
  if (store.question) ids.push("question");
  const known = layers;
  layers = ids.map((id) => known.find((layer) => layer.id === id) ?? { id, from: focusedBefore });
  const top = layers.at(-1);
  if (top?.id !== known.at(-1)?.id) {
    const gone = known.find((layer) => !ids.includes(layer.id));
    focusTop(known.includes(top) || !top ? gone?.from : null);
  } else if (top && focusIsLost()) {
    focusTop(null);
  }
  focusFirstError();
}

function focusIsLost() {
  return document.activeElement === document.body || document.activeElement.closest("[inert]");
}

function focusTop(wanted) {
  const box = topBox();
  if (wanted?.isConnected && !wanted.closest("[inert]") && wanted !== document.body) {
    wanted.focus({ preventScroll: true });
  } else if (box) {
    (firstField(box) ?? box).focus({ preventScroll: true });
  } else {
    (document.querySelector("main textarea") ?? document.querySelector("main")).focus({ preventScroll: true });
  }
}

function topBox() {
  return document.querySelector(".question") ?? [...document.querySelectorAll(".modal")].at(-1);
}

function firstField(box) {
  if (box.classList.contains("question")) return box.querySelector(".modal-foot .button:last-child");
  return box.querySelector("[data-focus] :is(input, textarea)") ?? box.querySelector(".field input, .field textarea");
}

// Once for each answer to a submission: while one is under way the fields take no focus.
function focusFirstError() {
  const view = store.state.modals.at(-1);
  const errors = view && !isBusy(view) ? JSON.stringify(view.errors ?? {}) : "{}";
  if (errors !== errorsBefore && errors !== "{}") {
    const field = topBox().querySelector("[aria-invalid=true]");
    (field?.matches("input, textarea") ? field : field?.querySelector("input"))?.focus();
    field?.closest(".block").scrollIntoView({ block: "nearest" });
  }
  errorsBefore = errors;
}
