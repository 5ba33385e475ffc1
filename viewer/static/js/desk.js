// Keeps the inbox and a batch's page fresh: fetches the part that changes, and leaves folds, focus and half-filled
// forms alone.

import { offerCopies } from "./copy.js";

const PAUSE = 2000;
const live = document.getElementById("live");
const plain = (html) => html.replace(/name="csrf_token" value="[^"]*"/g, "").trim(); // tokens differ at each drawing
let shown = live ? plain(live.innerHTML) : "";

offerCopies();
if (live?.dataset.progress) setTimeout(refresh, PAUSE);

async function refresh() {
  let again = true;
  try {
    const answer = await fetch(live.dataset.progress, { headers: { Accept: "application/json" } });
    if (answer.redirected || answer.status === 403) return location.reload();
    if (answer.ok) {
      const news = await answer.json();
      again = news.live;
      if (!busy() && plain(news.html) !== shown) show(news.html);
    }
  } catch { /* the network or the house is away for a moment; the next round will tell */ }
  if (again) setTimeout(refresh, PAUSE);
}

const busy = () => live.querySelector(".withdraw[open], input:checked") !== null;

function show(html) {
  shown = plain(html);
  const open = [...live.querySelectorAll("details[open][id]")].map((fold) => fold.id);
  const held = live.contains(document.activeElement) ? name(document.activeElement) : null;
  live.innerHTML = html;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (held) [...live.querySelectorAll("a, button, summary")].find((each) => name(each) === held)?.focus();
}

// What a control is called from one drawing to the next: where it leads.
function name(control) {
  return control.getAttribute("href") ?? control.closest("form")?.getAttribute("action") ?? control.closest("details")?.id ?? "";
}
