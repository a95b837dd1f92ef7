/** A view that can't be drawn says so in its place; the rest of the page stays. */
import { Component, type ReactNode } from 'react';
import { Mark } from './mark.tsx';

interface Props {
  readonly what: string;
  readonly children: ReactNode;
}

interface State {
  readonly problem: string | undefined;
}

export class DrawnSafely extends Component<Props, State> {
  override state: State = { problem: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { problem: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { problem } = this.state;
    if (problem === undefined) return this.props.children;
    return (
      <div className="problem" role="alert">
        <p>
          <Mark shape="warning" /> <b>This page can’t draw {this.props.what}.</b> {problem}
        </p>
        <p>
          What is stored is not touched. Load the page again; if it stays, the same facts stand
          under
          <code>/v1/alerts</code>.
        </p>
      </div>
    );
  }
}
