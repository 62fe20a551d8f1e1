// Times as the person chosen in the top bar reads them: in that person's zone and language, not the browser's.

function parts(instant, zone) {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, hourCycle: "h23",
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  });
  return Object.fromEntries(format.formatToParts(instant).map((part) => [part.type, part.value]));
}

export function wallClock(seconds, zone) {
  const { year, month, day, hour, minute } = parts(new Date(seconds * 1000), zone);
  return `${year}-${month}-${day}T${hour}:${minute}`;
}

export function unixSeconds(wall, zone) {
  const asUtc = Date.parse(`${wall}:00Z`);
  // The offset at the guess may differ from the offset at the answer around a clock change: look twice.
  let guess = asUtc;
  for (let round = 0; round < 2; round += 1) {
    guess += asUtc - Date.parse(`${wallClock(guess / 1000, zone)}:00Z`);
  }
  return guess / 1000;
}

export function timeOf(iso, person) {
  return format(iso, person, { hour: "2-digit", minute: "2-digit" });
}

export function dayOf(iso, person) {
  return format(iso, person, { weekday: "long", day: "numeric", month: "long" });
}

export function fullTime(iso, person) {
  return format(iso, person, { dateStyle: "full", timeStyle: "short" });
}

function format(iso, person, options) {
  return new Intl.DateTimeFormat(person.locale, { timeZone: person.tz, ...options }).format(new Date(iso));
}
