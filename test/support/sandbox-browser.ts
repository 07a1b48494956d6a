/** A person at the sandbox's page, over real HTTP. */

export interface PageShown {
  readonly status: number
  readonly text: string
}

async function send(url: string, fields: Record<string, string>): Promise<PageShown> {
  const { origin } = new URL(url)
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin },
    body: new URLSearchParams(fields).toString(),
  })
  return { status: response.status, text: await response.text() }
}

export const typeCard = (url: string, card: string) => send(url, { step: 'pay', card })
export const useSavedCard = (url: string) => send(url, { step: 'saved' })
export const answerBank = (url: string, agrees: boolean) =>
  send(url, { step: agrees ? 'agree' : 'disagree' })
export const goBack = (url: string) => send(url, { step: 'cancel' })

export const CARDS = {
  good: '4242 4242 4242 4242',
  declined: '4000000000000002',
  insufficient: '4000000000009995',
  expired: '4000000000000069',
  wrongCode: '4000000000000127',
  failing: '4000000000000119',
  asks: '4000002500003155',
  asksAlways: '4000002760003184',
  declinedLater: '4000000000000341',
  disputed: '4000000000000259',
} as const
