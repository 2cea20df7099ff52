// Serves npm `emulate` as a Slack on a free port of loopback until standard input ends; prints its address. Run by ../peer.py.
import { createEmulator } from "emulate";

const emulator = await createEmulator({
  service: "slack",
  port: Number(process.argv[2]),
  hostname: "127.0.0.1",
  seed: JSON.parse(process.argv[3]),
});
console.log(JSON.stringify({ url: emulator.url }));
process.stdin.on("end", async () => {
  await emulator.close();
  process.exit(0);
});
process.stdin.resume();
