// The item page with scripts: deep zoom, text and image pointing at each other, keys, columns and views.

import { offerCopies } from "./copy.js";
import { openStage } from "./stage.js";
import { linkText } from "./lines.js";

const workspace = document.querySelector(".workspace");
const dialog = document.getElementById("keys");
const remember = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private windows may refuse */ } };
const recall = (name) => { try { return localStorage.getItem(name); } catch { return null; } };

offerCopies();
const stage = await openStage(document.querySelector(".stage"));
linkText(stage);

const deeds = {
  in: () => stage?.zoom(1.5),
  out: () => stage?.zoom(1 / 1.5),
  fit: () => stage?.fit(),
  full: () => (document.fullscreenElement ? document.exitFullscreen() : document.querySelector(".stage").requestFullscreen()),
  help: () => dialog.showModal(),
};

const tools = document.querySelector(".tools");
tools.hidden = false;
for (const button of tools.querySelectorAll("[data-do]")) button.addEventListener("click", () => deeds[button.dataset.do]());

for (const button of tools.querySelectorAll("[data-column]")) {
  const name = button.dataset.column;
  showColumn(button, recall(`column-${name}`) !== "off");
  button.addEventListener("click", () => showColumn(button, button.getAttribute("aria-pressed") !== "true"));
}

function showColumn(button, on) {
  const name = button.dataset.column;
  button.setAttribute("aria-pressed", String(on));
  workspace.classList.toggle(`no-${name}`, !on);
  remember(`column-${name}`, on ? "on" : "off");
}

const tabs = [...document.querySelectorAll(".tabs a")];
for (const tab of tabs) {
  tab.addEventListener("click", (event) => { event.preventDefault(); showView(tab.hash.slice(1)); });
}
showView(tabs.some((tab) => tab.hash === location.hash) ? location.hash.slice(1) : recall("view") ?? "image");

function showView(name) {
  workspace.dataset.view = name;
  remember("view", name);
  for (const tab of tabs) {
    if (tab.hash === `#${name}`) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
}

const current = document.querySelector(".leaves [aria-current]");
if (current) {
  const strip = current.closest(".leaves");
  strip.scrollTop = current.offsetTop - strip.clientHeight / 2;
  strip.scrollLeft = current.offsetLeft - strip.clientWidth / 2;
}

const single = document.querySelector("[data-keys]");
single.checked = recall("keys") !== "off";
single.addEventListener("change", () => remember("keys", single.checked ? "on" : "off"));

const turn = (rel) => { const link = document.querySelector(`.turner a[rel=${rel}]`); if (link) location.assign(link.href); };
const keys = {
  ArrowLeft: () => turn("prev"),
  ArrowRight: () => turn("next"),
  "+": deeds.in,
  "=": deeds.in,
  "-": deeds.out,
  0: deeds.fit,
  f: deeds.full,
  t: () => tools.querySelector("[data-column=text]").click(),
  "/": () => document.getElementById("q-here").focus(),
  "?": deeds.help,
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, select, textarea, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !single.checked) return;
  if (!Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});
