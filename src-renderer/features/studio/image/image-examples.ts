/** The first things to try in the image studio. */
export const IMAGE_EXAMPLES: readonly { readonly title: string; readonly text: string }[] = [
  {
    title: 'A quiet place',
    text: 'A red rowing boat on a still lake at dawn, mist over the water, wide view',
  },
  {
    title: 'A thing for a shop',
    text: 'A ceramic teapot on a linen cloth, soft window light, plain background',
  },
  {
    title: 'A small sign',
    text: 'A flat two-colour icon of a lighthouse, thick lines, centred',
  },
]
