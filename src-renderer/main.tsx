import { createRoot } from 'react-dom/client'
import '@fontsource-variable/inter'
import './app/tokens.css'
import './app/base.css'
import { App } from './app/app.tsx'
import { connectBridge } from './host/bridge.ts'
import { startState } from './state/start.ts'

startState(connectBridge())

const root = document.getElementById('root')
if (!root) throw new Error('The page has no #root')
createRoot(root).render(<App />)
