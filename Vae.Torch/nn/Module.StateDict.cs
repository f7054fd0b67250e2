using TorchSharp.Modules;
using Vae.Torch;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>The live parameters and persistent buffers by dotted name: this module's own, then each child's.</summary>
            public virtual Dictionary<string, Tensor> state_dict(
                Dictionary<string, Tensor>? destination = null,
                string? prefix = null
            )
            {
                destination ??= [];
                string before = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
                foreach ((string key, Parameter parameter) in ownParameters)
                {
                    destination.Add(before + key, parameter);
                }

                foreach ((string key, (Tensor buffer, bool persistent)) in ownBuffers)
                {
                    if (persistent)
                    {
                        destination.Add(before + key, buffer);
                    }
                }

                foreach ((string child, Module module) in named_children())
                {
                    module.state_dict(destination, before + child);
                }

                return destination;
            }

            /// <summary>Copies values into the parameters and buffers; nothing is changed when something doesn't fit.</summary>
            /// <exception cref="InvalidOperationException">A shape differs, or strictly: a key is missing or unknown.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source,
                bool strict = true,
                IList<string>? skip = null
            )
            {
                Dictionary<string, Tensor> own = state_dict();
                bool Wanted(string key) => skip is null || !skip.Contains(key);
                string[] missing = [.. own.Keys.Where(key => Wanted(key) && !source.ContainsKey(key))];
                string[] unexpected = [.. source.Keys.Where(key => Wanted(key) && !own.ContainsKey(key))];
                string[] taken = [.. own.Keys.Where(key => Wanted(key) && source.ContainsKey(key))];
                StateLoading.Copy(
                    (strict ? taken.Concat(unexpected) : taken).ToDictionary(key => key, key => source[key]),
                    (strict ? taken.Concat(missing) : taken).ToDictionary(key => key, key => own[key]),
                    GetName()
                );
                return (missing, unexpected);
            }
        }
    }
}
