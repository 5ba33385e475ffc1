// The deep zoom of one page image. The marks are the same SVG that stands over the plain picture without scripts.

const COMFORTABLE = 15; // pixels of height on the screen at which a printed line reads well
const quiet = matchMedia("(prefers-reduced-motion: reduce)").matches;

export async function openStage(element) {
  const scan = element.querySelector(".scan");
  const size = { width: Number(scan.dataset.width), height: Number(scan.dataset.height) };
  const info = await describe(scan.dataset.info);
  if (!info || !globalThis.OpenSeadragon) return null;
  keepOutInlineStyle();
  element.classList.add("zooms");
  const deep = element.querySelector(".deep");
  deep.hidden = false;
  const viewer = OpenSeadragon({
    element: deep,
    tileSources: info,
    drawer: "canvas",
    showNavigationControl: false,
    animationTime: quiet ? 0 : 0.5,
    springStiffness: 9,
    maxZoomPixelRatio: 3,
    minZoomImageRatio: 0.8,
    visibilityRatio: 1,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
  });
  viewer.addHandler("canvas-key", (event) => { event.preventDefaultAction = true; });
  await new Promise((done) => {
    viewer.addOnceHandler("open", done);
    viewer.addOnceHandler("open-failed", done);
  });
  if (!viewer.world.getItemCount()) {
    viewer.destroy();
    deep.hidden = true;
    return null;
  }
  const overlay = scan.querySelector(".overlay");
  viewer.addOverlay({ element: overlay, location: new OpenSeadragon.Rect(0, 0, 1, size.height / size.width) });
  viewer.canvas.setAttribute("role", "group");
  viewer.canvas.setAttribute("aria-label", "Image of the page; plus and minus zoom, 0 shows the whole page");
  scan.hidden = true;
  const stage = handles(viewer, overlay, size);
  const first = overlay.querySelector("rect.hit");
  if (first) stage.approach(boxOf(first));
  return stage;
}

// Where the house is reached by another name than its public one, tiles come from where the page came from.
async function describe(address) {
  try {
    const answer = await fetch(address);
    return answer.ok ? { ...(await answer.json()), id: new URL(address.replace("/info.json", ""), location.href).href } : null;
  } catch {
    return null;
  }
}

// OpenSeadragon writes a <style> into the page unless it finds one marked as its own. Our content policy forbids
// that; the rule stands in item.css instead.
function keepOutInlineStyle() {
  const mark = document.createElementNS(null, "style"); // no HTML, so no style either; its selector finds it all the same
  mark.setAttribute("data-openseadragon-mobile-css", "true");
  document.head.append(mark);
}

function handles(viewer, overlay, size) {
  const view = viewer.viewport;
  const lamp = overlay.querySelector("rect.lit");
  const pixels = () => view.getContainerSize().x * view.getZoom(true) / size.width; // screen pixels per page pixel
  return {
    zoom: (factor) => { view.zoomBy(factor); view.applyConstraints(); },
    fit: () => view.goHome(quiet),
    light: (box) => place(lamp, box),
    approach: (box) => { if (box.h * pixels() < COMFORTABLE) centre(view, box, size, COMFORTABLE / (box.h * pixels())); },
    reveal: (box) => {
      const rect = view.imageToViewportRectangle(box.x, box.y, box.w, box.h);
      if (!view.getBounds().containsPoint(rect.getCenter())) view.panTo(rect.getCenter(), quiet);
    },
    go: (box) => {
      const factor = COMFORTABLE * 1.4 / (box.h * pixels());
      centre(view, box, size, Math.max(1, factor));
    },
    onPointer: (tell) => {
      const tracker = new OpenSeadragon.MouseTracker({
        element: viewer.canvas,
        moveHandler: (event) => {
          const point = view.viewportToImageCoordinates(view.pointFromPixel(event.position));
          tell(point.x, point.y);
        },
        leaveHandler: () => tell(-1, -1),
      });
      tracker.setTracking(true);
    },
  };
}

function centre(view, box, size, factor) {
  const middle = view.imageToViewportCoordinates(box.x + box.w / 2, box.y + box.h / 2);
  view.zoomBy(factor, undefined, true);
  view.panTo(middle, true);
  view.applyConstraints(true);
}

function place(rect, box) {
  const { x, y, w, h } = box ?? { x: 0, y: 0, w: 0, h: 0 };
  for (const [name, value] of Object.entries({ x, y, width: w, height: h })) rect.setAttribute(name, value);
}

function boxOf(rect) {
  const [x, y, w, h] = ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)));
  return { x, y, w, h };
}
