/** The first things to try in a chat. */
export const CHAT_EXAMPLES: readonly { readonly title: string; readonly text: string }[] = [
  {
    title: 'Say it kindly',
    text: 'Write a short, friendly reply to a customer whose order arrived late, and offer a refund of the shipping.',
  },
  {
    title: 'Explain a thing',
    text: 'Explain compound interest to a twelve-year-old, with one worked example.',
  },
  {
    title: 'Plan a day',
    text: 'Plan a rainy Saturday in Lisbon for two people who like tiles, books and coffee.',
  },
]
