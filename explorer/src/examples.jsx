import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';

const Icon = props => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" {...props}>
    <path d="M4 5.5A1.5 1.5 0 0 1 5.5 4H19a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5.5A1.5 1.5 0 0 1 4 18.5z" />
    <path d="M8 4v16M11.5 9h5M11.5 13h5" strokeLinecap="round" />
  </svg>
);

// The comment that an example begins with says what it shows.
function description(query) {
  const lines = query.split('\n');
  const end = lines.findIndex(line => !line.startsWith('#'));
  return lines.slice(0, end).map(line => line.replace(/^#\s?/, '')).join(' ');
}

function Examples({ examples }) {
  const { addTab, changeTab } = useGraphiQLActions();
  const tabs = useGraphiQL(state => state.tabs);
  const queryEditor = useGraphiQL(state => state.queryEditor);
  const variableEditor = useGraphiQL(state => state.variableEditor);
  const headerEditor = useGraphiQL(state => state.headerEditor);

  function open(example) {
    const index = tabs.findIndex(tab => tab.query === example.query);
    if (index >= 0) return changeTab(index);
    addTab();
    queryEditor.setValue(example.query);
    variableEditor.setValue(example.variables);
    headerEditor.setValue(example.headers);
  }

  return (
    <section aria-label="Examples" className="galley-examples">
      <h2 className="graphiql-doc-explorer-title">Examples</h2>
      <ul>
        {examples.map(example => (
          <li key={example.name}>
            <button type="button" onClick={() => open(example)}>
              <strong>{example.name}</strong>
              <span>{description(example.query)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

// The panel that lists every example, also those whose tab was closed or came with a newer Galley.
export function examplesPlugin(examples) {
  return { title: 'Examples', icon: Icon, content: () => <Examples examples={examples} /> };
}
