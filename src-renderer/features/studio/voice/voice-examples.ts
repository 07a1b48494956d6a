/** The first things to try in the voice studio. */
export const VOICE_EXAMPLES: readonly { readonly title: string; readonly text: string }[] = [
  {
    title: 'A greeting',
    text: 'Thank you for calling. We are away for a moment; leave your name and number and we will call you back today.',
  },
  {
    title: 'A short tale',
    text: 'Two traders split one stick in two. Each kept a half, and neither could change the count alone. When the halves met again, the notches always matched.',
  },
  {
    title: 'A note for the day',
    text: 'Good morning. Today is a good day to finish one small thing before lunch.',
  },
]
