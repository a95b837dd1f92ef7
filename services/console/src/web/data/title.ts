/** The title of the tab: which page of several is open, in tabs, history and for screen readers. */
import { useEffect } from 'react';

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Waywarden' : `${title} · Waywarden`;
  }, [title]);
}
