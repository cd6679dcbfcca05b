/** Shares from which the text of a cell is read better in the colour that stands on full colour, in each theme. */
export const HEAT_TEXT_FROM = { light: 0.74, dark: 0.57 };
