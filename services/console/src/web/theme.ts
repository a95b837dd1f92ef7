/** The component library in our terms: system font, 14 px, ink on paper, no color of its own. */
import { createTheme } from '@mantine/core';

const FONT =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", sans-serif';

export const theme = createTheme({
  fontFamily: FONT,
  headings: { fontFamily: FONT, fontWeight: '600' },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '18px' },
  lineHeights: { xs: '1.45', sm: '1.5', md: '1.55', lg: '1.5', xl: '1.4' },
  defaultRadius: 'sm',
  primaryColor: 'gray',
  primaryShade: { light: 8, dark: 4 },
  cursorType: 'pointer',
  respectReducedMotion: true,
});
