// Loaded before a program that is measured (`node --import`): says at its end what the process has taken. JavaScript,
// so that it costs the program nothing.
import { writeSync } from 'node:fs';

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const usage = { cpuSeconds: (user + system) / 1e6, peakMiB: process.resourceUsage().maxRSS / 1024 };
  writeSync(3, JSON.stringify({ ...usage, ...globalThis.measured }));
});
