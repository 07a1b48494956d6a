import { useId, type ReactNode } from 'react'
import { Dialog as Base } from '@base-ui/react/dialog'
import { AlertDialog } from '@base-ui/react/alert-dialog'
import { X } from 'lucide-react'
import { Button } from './button.tsx'
import { classes } from './classes.ts'
import { Form } from './form.tsx'
import { useBusy } from './use-busy.ts'
import styles from './dialog.module.css'

interface DialogProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  readonly hideTitle?: boolean
  readonly description?: ReactNode
  readonly size?: 'small' | 'medium' | 'large'
  /** Buttons at the foot, the main one last. */
  readonly footer?: ReactNode
  readonly children?: ReactNode
}

/** A task or a closer look that takes over the page. Focus is kept inside and given back. */
export function Dialog({
  open,
  onClose,
  title,
  hideTitle = false,
  description,
  size = 'medium',
  footer,
  children,
}: DialogProps) {
  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose()
      }}
    >
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup className={classes(styles.popup, styles[size])}>
          <div className={classes(styles.head, hideTitle && styles.bare)}>
            <Base.Title className={hideTitle ? 'visually-hidden' : styles.title}>
              {title}
            </Base.Title>
            <Base.Close className={styles.close} aria-label="Close">
              <X size={18} aria-hidden />
            </Base.Close>
          </div>
          {description != null && (
            <Base.Description className={styles.description}>{description}</Base.Description>
          )}
          <div className={styles.body}>{children}</div>
          {footer != null && <div className={styles.footer}>{footer}</div>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

interface FormDialogProps {
  readonly onClose: () => void
  readonly title: string
  readonly submitLabel: string
  readonly busy?: boolean
  /** While there is nothing that could be sent. */
  readonly disabled?: boolean
  readonly onSubmit: () => Promise<void>
  readonly children: ReactNode
}

/** A small form. What is wrong with its fields is theirs to say, not the browser's. */
export function FormDialog(props: FormDialogProps) {
  const { onClose, title, submitLabel, busy = false, disabled = false, onSubmit, children } = props
  const form = useId()
  return (
    <Dialog
      open
      onClose={onClose}
      size="small"
      title={title}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" busy={busy} disabled={disabled}>
            {submitLabel}
          </Button>
        </>
      }
    >
      <Form id={form} noValidate className={styles.form} onSubmit={onSubmit}>
        {children}
      </Form>
    </Dialog>
  )
}

interface ConfirmDialogProps {
  readonly open: boolean
  readonly onClose: () => void
  /** A question: `Delete this thread?` */
  readonly title: string
  /** What it means and what it does not touch. */
  readonly text: ReactNode
  /** The act itself: `Delete thread`. */
  readonly confirmLabel: string
  /** The dialog closes when it has resolved. */
  readonly onConfirm: () => Promise<unknown>
}

/** Asks before something that cannot be taken back. Esc and Cancel leave all as it was. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onClose, title, text, confirmLabel, onConfirm } = props
  const [busy, whileBusy] = useBusy()
  const confirm = async () => {
    await whileBusy(onConfirm())
    onClose()
    // What asked has the focus again, unless it is gone with what was deleted.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) document.getElementById('page')?.focus()
    })
  }
  return (
    <AlertDialog.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose()
      }}
    >
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={styles.backdrop} />
        <AlertDialog.Popup className={classes(styles.popup, styles.small)}>
          <AlertDialog.Title className={styles.title}>{title}</AlertDialog.Title>
          <AlertDialog.Description className={styles.description}>{text}</AlertDialog.Description>
          <div className={styles.footer}>
            <Button onClick={onClose}>Cancel</Button>
            <Button variant="danger" busy={busy} onClick={confirm}>
              {confirmLabel}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
