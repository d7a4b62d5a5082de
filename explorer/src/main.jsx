import './workers.js';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './style.css';

import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { examplesPlugin } from './examples.jsx';
import { fetcher } from './fetcher.js';
import icon from './icon.svg';
import { storage } from './storage.js';

async function loadExamples() {
  const response = await fetch('/playground/examples.json');
  if (!response.ok) throw new Error(`load the examples: HTTP ${response.status}`);
  return response.json();
}

// On the first visit the editors show the first example; later ones show what was left there.
// GraphiQL fills only the query editor from defaultTabs, hence the initial values.
function firstVisit([first]) {
  if (storage.getItem('graphiql:tabState') !== null) return {};
  return { initialQuery: first.query, initialVariables: first.variables, initialHeaders: first.headers };
}

// What the variables editor checks besides GraphQL's own scalars.
const scalars = { Decimal: { type: 'string' } };

function Playground({ examples, plugins, initial }) {
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      defaultTabs={examples}
      defaultQuery=""
      plugins={plugins}
      shouldPersistHeaders
      isHeadersEditorEnabled
      defaultEditorToolsVisibility
      inputValueDeprecation
      schemaDescription
      customScalarSchemas={scalars}
      {...initial}
    >
      <GraphiQL.Logo>
        <img src={icon} alt="" />
        Galley
      </GraphiQL.Logo>
    </GraphiQL>
  );
}

const examples = await loadExamples();
const plugins = [examplesPlugin(examples), HISTORY_PLUGIN];
createRoot(document.getElementById('playground')).render(
  <Playground examples={examples} plugins={plugins} initial={firstVisit(examples)} />,
);
