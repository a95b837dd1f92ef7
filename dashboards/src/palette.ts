/**
 * The eight colours of Okabe and Ito ("Color Universal Design", 2008), which people with the common
 * colour vision deficiencies tell apart.
 */
export const COLOURS = {
  orange: '#E69F00',
  sky: '#56B4E9',
  green: '#009E73',
  yellow: '#F0E442',
  blue: '#0072B2',
  vermilion: '#D55E00',
  purple: '#CC79A7',
  grey: '#999999',
} as const;

export type Colour = (typeof COLOURS)[keyof typeof COLOURS];
