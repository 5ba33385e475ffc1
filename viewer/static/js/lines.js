// Lines of text and their places on the scan: point at one and the other lights up; arrows walk through the lines.

export function linkText(stage) {
  const lines = [...document.querySelectorAll(".line")].map((element) => ({ element, box: read(element) }));
  if (!stage) return;
  for (const link of document.querySelectorAll("[data-here]")) {
    link.addEventListener("click", (event) => { event.preventDefault(); stage.go(read(link)); });
  }
  if (!lines.length) return;
  let lit = null;
  const light = (line) => {
    if (line === lit) return;
    lit?.element.classList.remove("lit");
    line?.element.classList.add("lit");
    stage.light(line?.box);
    lit = line;
  };
  lines.forEach((line, at) => {
    line.element.tabIndex = at === 0 ? 0 : -1;
    line.element.addEventListener("pointerenter", () => light(line));
    line.element.addEventListener("pointerleave", () => light(null));
    line.element.addEventListener("focus", () => { light(line); stage.reveal(line.box); });
    line.element.addEventListener("blur", () => light(null));
    line.element.addEventListener("keydown", (event) => walk(event, lines, at));
  });
  stage.onPointer((x, y) => light(lines.find(({ box }) => inside(box, x, y)) ?? null));
}

function walk(event, lines, at) {
  const next = lines[at + ({ ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0)];
  if (!next || next === lines[at]) return;
  event.preventDefault();
  lines[at].element.tabIndex = -1;
  next.element.tabIndex = 0;
  next.element.focus();
}

const inside = (box, x, y) => x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h;

function read(element) {
  const [x, y, w, h] = element.dataset.box.split(",").map(Number);
  return { x, y, w, h };
}
