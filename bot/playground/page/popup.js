// One popup at a time: menus and the lists of selects. Drawn beside its anchor, placed over everything in reach.

import { h, icon } from "./dom.js";
import { redraw, store } from "./store.js";

const GAP = 4;
const EDGE = 8;

export function isOpen(key) {
  return store.popup?.key === key;
}

export function openPopup(popup) {
  closePopup();
  store.popup = popup;
  redraw();
}

export function closePopup() {
  const popup = store.popup;
  if (!popup) return;
  store.popup = null;
  popup.closed?.();
  redraw();
}

export function placePopup() {
  const box = document.querySelector(".popup");
  if (!box) {
    // What it stood beside is gone.
    closePopup();
    return;
  }
  const anchor = box.parentElement.getBoundingClientRect();
  const below = innerHeight - anchor.bottom - GAP - EDGE;
  const above = anchor.top - GAP - EDGE;
  const upwards = below < Math.min(box.scrollHeight, 220) && above > below;
  const wide = box.getAttribute("role") === "listbox" ? anchor.width : 0;
  Object.assign(box.style, {
    minWidth: `${Math.min(Math.max(wide, 180), innerWidth - 2 * EDGE)}px`,
    maxHeight: `${Math.min(upwards ? above : below, 340)}px`,
    top: upwards ? "auto" : `${anchor.bottom + GAP}px`,
    bottom: upwards ? `${innerHeight - anchor.top + GAP}px` : "auto",
  });
  const left = box.classList.contains("to-left") ? anchor.right - box.offsetWidth : anchor.left;
  box.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - box.offsetWidth - EDGE))}px`;
}

export function watchPopups() {
  addEventListener("scroll", placePopup, { capture: true, passive: true });
  addEventListener("resize", placePopup);
  addEventListener("pointerdown", (event) => {
    if (!event.target.closest?.(".anchor")?.querySelector(".popup")) closePopup();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !store.popup) return;
    event.stopPropagation();
    event.preventDefault();
    document.querySelector(".popup")?.parentElement.querySelector("button, input")?.focus();
    closePopup();
  }, { capture: true });
}

// items: [{name, content, note, current, pick}]; the button's own look comes from `face`.
export function menuButton({ key, label, face, items, empty, className = "", toLeft = false, busy = false }) {
  const open = isOpen(key);
  return h("span", { class: "anchor", key: `menu ${key}` },
    h("button", {
      type: "button", class: className, "aria-label": label, title: label,
      "aria-haspopup": "menu", "aria-expanded": String(open), "aria-busy": busy ? "true" : null,
      onclick: () => (open ? closePopup() : openMenu(key)),
      onkeydown: (event) => {
        if (event.key !== "ArrowDown") return;
        event.preventDefault();
        openMenu(key);
      },
    }, face),
    open && menu({ label, items, empty, toLeft }));
}

function openMenu(key) {
  openPopup({ key });
  queueMicrotask(() => document.querySelector(".popup [role=menuitem]")?.focus());
}

function menu({ label, items, empty, toLeft }) {
  return h("div", {
    class: `popup menu ${toLeft ? "to-left" : ""}`, role: "menu", "aria-label": label,
    onkeydown: moveInMenu,
  },
  items.map((item) => h("button", {
    type: "button", role: "menuitem", tabindex: "-1", key: item.key ?? item.name,
    "aria-label": item.name, "aria-description": item.note || null, "aria-current": item.current ? "true" : null,
    onclick: (event) => {
      event.currentTarget.closest(".anchor").querySelector("button").focus();
      closePopup();
      item.pick();
    },
  }, h("span", null, item.content ?? item.name), item.note && h("span", { class: "note" }, item.note))),
  items.length === 0 && h("p", { class: "note" }, empty));
}

function moveInMenu(event) {
  const items = [...event.currentTarget.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const step = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Tab") closePopup();
  if (step === undefined || items.length === 0) return;
  event.preventDefault();
  items[step % items.length].focus();
}

const DOTS = [4, 10, 16].map((x) => `M${x} 8.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3Z`).join("");

const ICONS = {
  more: DOTS,
  close: "M5.3 4.2 10 8.9l4.7-4.7 1.1 1.1L11.1 10l4.7 4.7-1.1 1.1L10 11.1l-4.7 4.7-1.1-1.1L8.9 10 4.2 5.3Z",
  bolt: "M11.5 1.5 3.8 11.4h5l-1 7.1 7.9-10.2h-5.1Z",
  send: "M2.5 2.8 18 10 2.5 17.2 4.3 11l7-1-7-1Z",
  list: "M3 4.5h14V6H3Zm0 4.8h14v1.5H3ZM3 14h14v1.5H3Z",
};

export function face(name) {
  return icon(ICONS[name]);
}

export function iconButton(name, label, onclick, more = {}) {
  const { className = "", ...props } = more;
  const look = { type: "button", class: `plain-icon ${className}`, "aria-label": label };
  return h("button", { ...look, onclick, ...props }, face(name));
}
