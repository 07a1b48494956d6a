/** The studios: where work is made. */
export const STUDIOS = ['chat', 'image', 'voice'] as const
export type Studio = (typeof STUDIOS)[number]
