import './lib/usable-language.ts';
import { mount } from 'svelte';
import { z } from 'zod';
import App from './App.svelte';
import { openBridge } from './lib/bridge.ts';
import { Session } from './state/session.svelte.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/list-line.css';
import './styles/menu.css';

// Why: zod would make its parsers with `new Function`, which the content security policy forbids.
z.config({ jitless: true });

const session = new Session(openBridge(window.apexscope));
session.start();
mount(App, { target: document.getElementById('app')!, props: { session } });
