/**
 * Milliseconds of processor time that this process has used. For tests of how much work something is: what else the
 * machine does changes them little, where the clock on the wall would fail a test on a busy day.
 */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
