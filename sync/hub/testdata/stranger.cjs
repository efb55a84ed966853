// A stranger's tus client sends one page. What it is to do comes as JSON on standard input, what
// became of it goes as JSON to standard output.
const tus = require("tus-js-client");
const { createReadStream, readFileSync } = require("node:fs");

const order = JSON.parse(readFileSync(0, "utf8"));
const seen = { progress: 0, requests: [] };
const upload = new tus.Upload(createReadStream(order.file), {
  endpoint: order.create ? order.endpoint : undefined,
  uploadUrl: order.create ? undefined : order.url,
  uploadSize: order.size,
  chunkSize: order.chunk ?? Infinity,
  metadata: order.metadata,
  uploadDataDuringCreation: order.atOnce,
  retryDelays: [0, 20, 50, 100, 200, 400],
  storeFingerprintForResuming: false,
  onBeforeRequest: (r) => { seen.requests.push(r.getMethod()); },
  onProgress: (sent) => { seen.progress = Math.max(seen.progress, sent); },
  onError: (err) => {
    const r = err.originalResponse;
    console.log(JSON.stringify({ ...seen, error: String(err), status: r ? r.getStatus() : 0 }));
    process.exit(0);
  },
  onSuccess: () => { console.log(JSON.stringify({ ...seen, url: upload.url })); },
});
upload.start();
