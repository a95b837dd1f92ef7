/** What the server said when it refused an act; read aloud when it appears. */
import { Mark } from './mark.tsx';

export function Problem({ text }: { readonly text: string }) {
  return (
    <div role="alert">
      {text !== '' && (
        <p className="problem">
          <Mark shape="warning" /> {text}
        </p>
      )}
    </div>
  );
}
