/** Short notices at the top, told to screen readers politely. Rendered by kit/notices.tsx. */

import { Toast } from '@base-ui/react/toast'

export type NoticeTone = 'plain' | 'good' | 'bad'

export interface NoticeAction {
  readonly label: string
  readonly run: () => void
}

export interface Notice {
  readonly text: string
  readonly title?: string
  readonly tone?: NoticeTone
  readonly action?: NoticeAction
}

export const noticeManager = Toast.createToastManager()

/** Shows a notice for a few seconds; one with an action stays until it is used or closed. */
export function notify({ text, title, tone = 'plain', action }: Notice): void {
  const id = noticeManager.add({
    description: text,
    title,
    type: tone,
    timeout: action ? 0 : tone === 'bad' ? 9_000 : 5_000,
    ...(action && {
      actionProps: {
        children: action.label,
        onClick: () => {
          action.run()
          noticeManager.close(id)
        },
      },
    }),
  })
}
