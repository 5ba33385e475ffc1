// Keeps a batch's page fresh: fetches the part that changes, and leaves folds, focus and half-filled forms alone.

import { offerCopies } from "./copy.js";

const PAUSE = 2000;

offerCopies();
const live = document.getElementById("live");
if (live?.dataset.progress) setTimeout(refresh, PAUSE);

async function refresh() {
  let again = true;
  try {
    const answer = await fetch(live.dataset.progress, { headers: { Accept: "application/json" } });
    if (answer.redirected || answer.status === 403) return location.reload();
    if (answer.ok) {
      const news = await answer.json();
      again = news.live;
      if (!live.querySelector(".withdraw[open]")) show(news.html);
    }
  } catch { /* the network or the house is away for a moment; the next round will tell */ }
  if (again) setTimeout(refresh, PAUSE);
}

let shown = null;

function show(html) {
  if (html === shown) return;
  shown = html;
  const open = [...live.querySelectorAll("details[open][id]")].map((fold) => fold.id);
  live.innerHTML = html;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
}
