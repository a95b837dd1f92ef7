/**
 * What a person types on every alert anew (who they are, where their key file lies), kept in this browser alone. Never
 * why: the reason belongs to one alert. A browser that keeps nothing is as good as an empty one.
 */
import { useState } from 'react';

const PREFIX = 'waywarden.';

function read(name: string): string {
  try {
    return localStorage.getItem(PREFIX + name) ?? '';
  } catch {
    return '';
  }
}

export function useRemembered(name: string): readonly [string, (value: string) => void] {
  const [value, setValue] = useState(() => read(name));
  const keep = (next: string) => {
    setValue(next);
    try {
      localStorage.setItem(PREFIX + name, next);
    } catch {
      // Then it is typed again.
    }
  };
  return [value, keep];
}
