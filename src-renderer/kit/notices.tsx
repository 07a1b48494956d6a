import type { ReactNode } from 'react'
import { Toast } from '@base-ui/react/toast'
import { X } from 'lucide-react'
import { noticeManager } from './notify.ts'
import styles from './notices.module.css'

function NoticeList() {
  const { toasts } = Toast.useToastManager()
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className={styles.notice}
      swipeDirection="up"
      {...(toast.title ? {} : { 'aria-label': 'Notice' })}
    >
      <div className={styles.words}>
        <Toast.Title className={styles.title} />
        <Toast.Description className={styles.text} />
        <Toast.Action className={styles.action} />
      </div>
      <Toast.Close className={styles.close} aria-label="Close notice">
        <X size={16} aria-hidden />
      </Toast.Close>
    </Toast.Root>
  ))
}

/** Hosts the notices of kit/notify.ts. Once, around the app. */
export function NoticesHost({ children }: { readonly children: ReactNode }) {
  return (
    <Toast.Provider toastManager={noticeManager} limit={2}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className={styles.viewport}>
          <NoticeList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}
