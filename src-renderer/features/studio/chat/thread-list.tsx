import { useRef, useState } from 'react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { Ellipsis, Pencil, SquarePen, Trash2 } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import type { ThreadView } from '#shared/host/views.ts'
import { ButtonLink, IconButton } from '../../../kit/button.tsx'
import { classes } from '../../../kit/classes.ts'
import { Menu } from '../../../kit/menu.tsx'
import { Skeleton } from '../../../kit/skeleton.tsx'
import { loadThreads, useThreadsStore } from '../../../state/threads-store.ts'
import { DeleteThread, RenameThread } from './thread-dialogs.tsx'
import styles from './thread-list.module.css'

const ROW_HEIGHT = 36

/** All threads, newest first; only those in view are in the page. */
export function ThreadList({ current }: { readonly current: string | null }) {
  const threads = useThreadsStore((state) => state.threads)
  const error = useThreadsStore((state) => state.listError)
  return (
    <nav aria-label="Threads" className={styles.panel}>
      <div className={styles.head}>
        <ButtonLink href="/chat" size="small" icon={<SquarePen size={15} aria-hidden />}>
          New chat
        </ButtonLink>
      </div>
      {threads === null && !error && (
        <div className={styles.quiet}>
          <Skeleton label="Loading threads" lines={4} />
        </div>
      )}
      {threads === null && error && (
        <p className={styles.quiet}>
          {error.message}{' '}
          <button type="button" className={styles.retry} onClick={() => void loadThreads()}>
            Try again
          </button>
        </p>
      )}
      {threads?.length === 0 && <p className={styles.quiet}>Your chats will be listed here.</p>}
      {threads && threads.length > 0 && <Rows threads={threads} current={current} />}
    </nav>
  )
}

interface RowsProps {
  readonly threads: readonly ThreadView[]
  readonly current: string | null
}

type Task = { readonly kind: 'rename' | 'delete'; readonly thread: ThreadView }

function Rows({ threads, current }: RowsProps) {
  const [, navigate] = useLocation()
  const [task, setTask] = useState<Task | null>(null)
  const scroll = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: threads.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    getItemKey: (index) => threads[index]?.id ?? index,
  })
  const done = () => setTask(null)
  return (
    <div ref={scroll} className={styles.scroll}>
      <ul className={styles.list} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => {
          const thread = threads[row.index]
          return (
            thread && (
              <li
                key={row.key}
                aria-setsize={threads.length}
                aria-posinset={row.index + 1}
                className={classes(styles.row, thread.id === current && styles.current)}
                style={{ transform: `translateY(${row.start}px)` }}
              >
                <ThreadRow thread={thread} current={thread.id === current} onTask={setTask} />
              </li>
            )
          )
        })}
      </ul>
      {task?.kind === 'rename' && <RenameThread thread={task.thread} onDone={done} />}
      {task?.kind === 'delete' && (
        <DeleteThread
          thread={task.thread}
          onDone={done}
          onDeleted={() => {
            if (task.thread.id === current) navigate('/chat')
          }}
        />
      )}
    </div>
  )
}

interface ThreadRowProps {
  readonly thread: ThreadView
  readonly current: boolean
  readonly onTask: (task: Task) => void
}

function ThreadRow({ thread, current, onTask }: ThreadRowProps) {
  return (
    <>
      <Link
        href={`/chat/${thread.id}`}
        className={styles.link}
        title={thread.title}
        aria-current={current ? 'page' : undefined}
      >
        {thread.title}
      </Link>
      <Menu
        trigger={
          <IconButton
            size="small"
            className={styles.more}
            label={`More about ${thread.title}`}
            icon={<Ellipsis size={16} aria-hidden />}
          />
        }
        items={[
          {
            label: 'Rename',
            icon: <Pencil size={15} aria-hidden />,
            onSelect: () => onTask({ kind: 'rename', thread }),
          },
          {
            label: 'Delete',
            icon: <Trash2 size={15} aria-hidden />,
            danger: true,
            onSelect: () => onTask({ kind: 'delete', thread }),
          },
        ]}
      />
    </>
  )
}
