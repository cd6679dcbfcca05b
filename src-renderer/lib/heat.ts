/** Shares from which a cell of full colour needs text in the colour that stands on it. */
export const HEAT_TEXT_FROM = 0.45;
