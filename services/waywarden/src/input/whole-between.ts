import { InvalidArgumentError } from 'commander';

export const PORT_MAX = 65_535;

/** For an option that takes a whole number. */
export function wholeBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
  };
}
