const WIDTH = 240, HEIGHT = 34; // CSS pixels
const HEADER = 44; // bytes before the samples in a WAV file of one chunk; the rate stands at 24

function loudest(samples, columns) {
  const found = new Float32Array(columns);
  for (let i = 0; i < samples.length; i++) {
    const column = Math.floor((i * columns) / samples.length);
    found[column] = Math.max(found[column], Math.abs(samples[i]) / 32768);
  }
  return found;
}

function draw(canvas, peaks, played) {
  const density = window.devicePixelRatio;
  canvas.width = WIDTH * density;
  canvas.height = HEIGHT * density;
  const pen = canvas.getContext("2d"), style = getComputedStyle(canvas);
  const ink = style.color, bright = style.getPropertyValue("--jp-brand-color1") || "#1976d2";
  pen.scale(density, density);
  for (let x = 0; x < peaks.length; x++) {
    const tall = Math.max(1, peaks[x] * (HEIGHT - 4)), done = x < played * peaks.length;
    pen.globalAlpha = done ? 1 : 0.55;
    pen.fillStyle = done ? bright : ink;
    pen.fillRect(x, (HEIGHT - tall) / 2, 1, tall);
  }
  if (played > 0) { // the play head
    pen.globalAlpha = 1;
    pen.fillStyle = bright;
    pen.fillRect(Math.min(played * WIDTH, WIDTH - 2), 0, 2, HEIGHT);
  }
}

function part(kind, properties, css) {
  const made = Object.assign(document.createElement(kind), properties);
  made.style.cssText = css;
  return made;
}

function render({ model, el }) {
  const audio = part("audio", { preload: "auto" }, "display:none");
  const button = part("button", { className: "jupyter-button", type: "button" }, "width:34px;padding:0;margin:0");
  const canvas = part("canvas", {}, `width:${WIDTH}px;height:${HEIGHT}px;cursor:pointer;border-radius:2px`);
  const words = part("div", {}, "line-height:1.5");
  const row = part("div", {}, "display:flex;align-items:center;gap:8px;color:var(--jp-content-font-color1, inherit)");
  canvas.setAttribute("aria-hidden", "true"); // the button says it all
  row.append(button, canvas);
  el.append(words, row, audio);
  el.classList.add("mmcourse-player");
  el.style.cssText += ";margin:2px 14px 4px 2px";
  let peaks = new Float32Array(WIDTH), seconds = 0, address = "", frame = 0;

  const place = () => (seconds ? Math.min(audio.currentTime / seconds, 1) : 0);
  const say = () => {
    const long = `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`, what = model.get("label");
    words.textContent = `${what}, ${long}`;
    button.textContent = audio.paused ? "▶" : "■";
    button.setAttribute("aria-label", `${audio.paused ? "play" : "stop"}: ${what}, ${long}`);
  };
  const follow = () => {
    cancelAnimationFrame(frame);
    draw(canvas, peaks, audio.paused ? 0 : place());
    if (!audio.paused) frame = requestAnimationFrame(follow);
  };
  const halt = () => { audio.pause(); audio.currentTime = 0; };
  const play = (from) => { audio.currentTime = from * seconds; audio.play(); };
  const load = () => {
    const bytes = model.get("value"), before = address;
    if (bytes.byteLength <= HEADER) return;
    const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset + HEADER, bytes.byteOffset + bytes.byteLength));
    seconds = samples.length / bytes.getUint32(24, true);
    peaks = loudest(samples, WIDTH);
    address = URL.createObjectURL(new Blob([bytes], { type: "audio/wav" }));
    audio.src = address; // which also stops the old sound
    URL.revokeObjectURL(before);
    say(), follow();
  };
  const shown = new ResizeObserver(follow); // ink has the colour of the page once the canvas is on it
  shown.observe(canvas);
  for (const event of ["play", "pause", "ended"]) audio.addEventListener(event, () => { say(), follow(); });
  button.addEventListener("click", () => (audio.paused ? play(0) : halt()));
  canvas.addEventListener("click", (event) => play(event.offsetX / canvas.clientWidth));
  model.on("change:value", load);
  model.on("change:label", say);
  load();
  return () => {
    cancelAnimationFrame(frame);
    shown.disconnect();
    audio.pause();
    model.off("change:value", load);
    URL.revokeObjectURL(address);
  };
}

export default { render };
