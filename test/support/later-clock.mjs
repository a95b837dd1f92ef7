/** Loaded before everything else of a process: its clock is `LATER_MS` ahead. */
const LATER_MS = Number(process.env.LATER_MS ?? 0);
const Present = Date;

globalThis.Date = class extends Present {
  constructor(...given) {
    super(...(given.length === 0 ? [Present.now() + LATER_MS] : given));
  }

  static now() {
    return Present.now() + LATER_MS;
  }
};
