// Keeps a page fresh while something is under way: fetches it again and shows what has changed, without a reload.

const PAUSE = 3000;
const main = document.getElementById("main");
const plain = (html) => html.replace(/name="csrf_token" value="[^"]*"/g, "").trim(); // tokens differ at each drawing

setTimeout(look, PAUSE);

async function look() {
  let again = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.redirected || answer.status === 403) return location.reload();
    if (answer.ok) {
      const news = new DOMParser().parseFromString(await answer.text(), "text/html");
      const part = news.getElementById("main");
      again = news.querySelector("[data-again]") !== null;
      if (plain(part.innerHTML) !== plain(main.innerHTML)) main.replaceChildren(...part.childNodes);
    }
  } catch { /* the house is away for a moment; the next round will tell */ }
  if (again) setTimeout(look, PAUSE);
}
