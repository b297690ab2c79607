const TAP = `registerProcessor("mmcourse-tap", class extends AudioWorkletProcessor {
  process(inputs) { if (inputs[0][0]) this.port.postMessage(inputs[0][0].slice()); return true; }
})`;
const PLAIN = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 };
const PATIENCE = 3; // seconds beyond the recording after which a microphone that gives nothing is given up
const INSTEAD = "You can choose a WAV file instead.";

// Why there is no microphone, in words for the learner.
function reason(error) {
  if (!navigator.mediaDevices?.getUserMedia)
    return window.isSecureContext
      ? `This browser gives pages no microphone. ${INSTEAD}`
      : `Browsers give a microphone only to pages from https or localhost, and this one is from ${location.origin}. ${INSTEAD}`;
  const known = {
    NotAllowedError: "The browser may not use the microphone: allow it beside the page's address, or in the settings of the "
      + "system. (Some programs that show notebooks, such as VS Code, never give one.)",
    NotFoundError: "No microphone was found.",
    NotReadableError: "The microphone could not be opened. Is another program using it?",
  };
  return `${known[error.name] ?? `No microphone: ${error.message || error.name}.`} ${INSTEAD}`;
}

// Samples in [-1, 1] as a WAV file of 16 bits, one channel.
function wavOf(chunks, rate) {
  const samples = new Float32Array(chunks.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of chunks) { samples.set(one, at); at += one.length; }
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const write = (place, text) => { for (let i = 0; i < text.length; i++) view.setUint8(place + i, text.charCodeAt(i)); };
  write(0, "RIFF"), view.setUint32(4, 36 + 2 * samples.length, true), write(8, "WAVEfmt ");
  view.setUint32(16, 16, true), view.setUint16(20, 1, true), view.setUint16(22, 1, true);
  view.setUint32(24, rate, true), view.setUint32(28, 2 * rate, true), view.setUint16(32, 2, true), view.setUint16(34, 16, true);
  write(36, "data"), view.setUint32(40, 2 * samples.length, true);
  samples.forEach((one, i) => view.setInt16(44 + 2 * i, Math.round(Math.max(-1, Math.min(1, one)) * 32767), true));
  return view.buffer;
}

function render({ model, el }) {
  const seconds = model.get("seconds"), label = model.get("label");
  const level = part("meter", { min: 0, max: 1, low: 0.03, high: 0.95, optimum: 0.5 }, "width:110px;height:14px");
  level.setAttribute("aria-label", `${label}: level of the microphone`);
  const row = part("div", {}, "display:flex;flex-wrap:wrap;align-items:center;gap:6px;margin:4px 0");
  const lines = frame(model, el, [row]), post = sender(model);
  let running = null; // the recording under way: stream, context, chunks

  const finish = async (use) => {
    if (!running) return;
    const { stream, context, chunks, clock } = running;
    running = null;
    clearTimeout(clock);
    stream?.getTracks().forEach((track) => track.stop()); // the browser's red dot goes
    const rate = context?.sampleRate;
    await context?.close();
    level.value = 0;
    face();
    if (!use || !context) return lines.answer();
    if (!chunks.length) return lines.say(`The microphone gave no sound. ${INSTEAD}`, true);
    lines.say("listening to it …");
    post.send({ kind: "sound" }, [wavOf(chunks, rate)]);
  };
  const hear = (own, { data }) => {
    if (running !== own) return;
    const most = seconds * own.context.sampleRate, have = own.chunks.length * data.length;
    own.chunks.push(data);
    level.value = data.reduce((top, one) => Math.max(top, Math.abs(one)), 0.9 * level.value);
    const left = Math.ceil(seconds - have / own.context.sampleRate);
    if (left !== own.left) { own.left = left; lines.say(`Speak now: ${left} s`); }
    if (have + data.length >= most) finish(true);
  };
  const start = async () => {
    const own = (running = { chunks: [] });
    face();
    lines.say("Waiting for the browser's permission …");
    try {
      own.stream = await navigator.mediaDevices.getUserMedia({ audio: PLAIN });
      own.context = new AudioContext();
      const address = URL.createObjectURL(new Blob([TAP], { type: "text/javascript" }));
      await own.context.audioWorklet.addModule(address).finally(() => URL.revokeObjectURL(address));
      const tap = new AudioWorkletNode(own.context, "mmcourse-tap");
      tap.port.onmessage = (message) => hear(own, message);
      own.context.createMediaStreamSource(own.stream).connect(tap).connect(own.context.destination); // silent, but pulled
      await own.context.resume();
      if (running !== own) return own.stream.getTracks().forEach((track) => track.stop());
      own.clock = setTimeout(() => finish(true), 1000 * (seconds + PATIENCE));
    } catch (error) {
      if (running === own) await finish(false);
      lines.say(reason(error), true);
    }
  };
  const record = button("● record", "", () => (running ? finish(true) : start()));
  const face = () => {
    record.textContent = running ? "■ stop" : "● record";
    record.setAttribute("aria-label", `${label}: ${running ? "stop recording" : `record ${seconds} s`}`);
  };
  face();
  row.append(record, level, ...chooser(model, lines.say, post.send));
  return () => {
    finish(false);
    for (const one of [post, lines]) one.forget();
  };
}

export default { render };
