const SIZE = 200; // CSS pixels of a side, and pixels of what Python gets
const PEN = 0.095; // of a side: beside a digit of two thirds of the side as thick as the pens of the data set
const REST = 120; // milliseconds between two pictures sent while the pen moves
const PAPER = "#ffffff", INK = "#202020", HINT = "#8a8a8a";

// One stretch of a stroke: from the middle before point i to the middle behind it, bent towards the point.
function stretch(pen, points, i) {
  const middle = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const [from, at] = [points[Math.max(i - 2, 0)], points[Math.max(i - 1, 0)]];
  const start = i < 2 ? points[0] : middle(from, at);
  pen.beginPath();
  pen.moveTo(...start);
  if (i === 0) pen.lineTo(start[0] + 1e-4, start[1]); // a dot
  else pen.quadraticCurveTo(...at, ...middle(at, points[i]));
  pen.stroke();
}

function ready(canvas, pixels, ink) {
  canvas.width = canvas.height = pixels;
  const pen = canvas.getContext("2d");
  pen.fillStyle = PAPER;
  pen.fillRect(0, 0, pixels, pixels);
  pen.scale(pixels, pixels); // from here on a side is 1 long
  Object.assign(pen, { lineCap: "round", lineJoin: "round", lineWidth: PEN, strokeStyle: ink });
  return pen;
}

function end(pen, points) { // the last half stretch, up to where the pen was lifted
  const last = points[points.length - 1], before = points[Math.max(points.length - 2, 0)];
  pen.beginPath();
  pen.moveTo((last[0] + before[0]) / 2, (last[1] + before[1]) / 2);
  pen.lineTo(...last);
  pen.stroke();
}

function render({ model, el }) {
  const paper = part("canvas", {}, `width:${SIZE}px;height:${SIZE}px;touch-action:none;cursor:crosshair;display:block;`
    + "border:1px solid var(--jp-border-color1, #999);border-radius:3px;background:#fff");
  const copy = document.createElement("canvas"); // what Python gets, whatever the screen
  paper.setAttribute("role", "img");
  let strokes = [], stroke = null, under = null, screen = null, waiting = 0, pens = [];

  const empty = () => strokes.length === 0 && !under;
  const name = () => {
    const state = empty() ? "an empty pad, to draw on with mouse, finger or pen" : under ? "a pad with a picture" : "a pad with a drawing";
    paper.setAttribute("aria-label", `${model.get("label")}: ${state}`);
    clear.disabled = empty();
  };
  const repaint = () => {
    pens = [ready(paper, Math.round(SIZE * window.devicePixelRatio), INK), ready(copy, SIZE, "#000000")];
    if (empty()) {
      Object.assign(pens[0], { fillStyle: HINT, font: "0.075px sans-serif", textAlign: "center" });
      pens[0].fillText("draw here", 0.5, 0.53);
      pens[0].fillStyle = PAPER;
    }
    for (const pen of pens) {
      if (under) {
        const scale = 1 / Math.max(under.width, under.height), [w, h] = [under.width * scale, under.height * scale];
        pen.drawImage(under, (1 - w) / 2, (1 - h) / 2, w, h);
      }
      for (const one of strokes) {
        one.forEach((_point, i) => stretch(pen, one, i));
        end(pen, one);
      }
    }
    name();
  };
  const post = sender(model);
  const show = async (blob) => { // what is no picture is not shown; Python says why
    under = await createImageBitmap(blob).catch(() => null);
    strokes = [];
    repaint();
  };
  const hand = () => {
    waiting = 0;
    copy.toBlob(async (blob) => {
      const content = await blob.arrayBuffer();
      if (!empty()) post.send({ kind: "drawn" }, [content]); // it may have been cleared in the meantime
    }, "image/png");
  };
  const soon = () => { waiting ||= setTimeout(hand, REST); };
  const wipe = () => {
    clearTimeout(waiting);
    [strokes, stroke, under, waiting] = [[], null, null, 0];
    repaint();
    lines.say("");
    post.send({ kind: "clear" });
    choose[0].focus(); // the button that had the focus is switched off now
  };
  const clear = button("clear", `${model.get("label")}: clear`, wipe);
  const row = part("div", {}, "display:flex;gap:6px;margin:4px 0");
  const lines = frame(model, el, [paper, row]);
  const choose = chooser(model, lines.say, post.send, show);
  row.append(clear, ...choose);

  const place = (event) => {
    const box = paper.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const add = (event) => {
    stroke.push(place(event));
    for (const pen of pens) stretch(pen, stroke, stroke.length - 1);
  };
  paper.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || stroke) return;
    event.preventDefault(); // no selection, no dragging of the cell
    paper.setPointerCapture(event.pointerId);
    if (empty()) pens[0].fillRect(0, 0, 1, 1); // the hint goes
    strokes.push((stroke = []));
    add(event);
    name();
    soon();
  });
  paper.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    for (const one of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event]) add(one);
    soon();
  });
  for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) {
    paper.addEventListener(kind, () => {
      if (!stroke) return;
      for (const pen of pens) end(pen, stroke);
      stroke = null;
      name();
      soon();
    });
  }
  const given = (content, buffers) => {
    if (content.kind === "given" && buffers.length && empty()) show(new Blob([buffers[0]]));
  };
  const sharpen = () => { // again when the window moves to another screen, or is zoomed
    screen = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    screen.addEventListener("change", sharpen, { once: true });
    repaint();
  };
  model.on("msg:custom", given);
  sharpen();
  model.send({ kind: "hello" });
  return () => {
    clearTimeout(waiting);
    screen.removeEventListener("change", sharpen);
    model.off("msg:custom", given);
    for (const one of [post, lines]) one.forget();
  };
}

export default { render };
