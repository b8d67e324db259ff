/** A time (in seconds) as a visitor reads it: the clock alone for today, the day before it otherwise. */
export function readableTime(time: number, now: number): string {
  const then = new Date(time * 1000);
  const clock = then.toLocaleTimeString("fr", { hour: "2-digit", minute: "2-digit" });
  if (then.toDateString() === new Date(now * 1000).toDateString()) return clock;
  return `${then.toLocaleDateString("fr", { day: "numeric", month: "long" })}, ${clock}`;
}
