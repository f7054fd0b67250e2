using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public virtual IEnumerable<(string name, Module module)> named_children() =>
                submodules.Select(m => (m.Key, m.Value));

            public virtual IEnumerable<Module> children() => submodules.Values;

            /// <summary>All modules below this one, depth first.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach ((string child, Module module) in named_children())
                {
                    yield return (child, module);
                    foreach ((string below, Module inner) in module.named_modules())
                    {
                        yield return ($"{child}.{below}", inner);
                    }
                }
            }

            public virtual IEnumerable<Module> modules() => named_modules().Select(m => m.module);

            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
                Tree(recurse)
                    .SelectMany(t => t.Module.ownParameters.Select(p => (t.Prefix + p.Key, p.Value)))
                    .DistinctBy(p => p.Value, SameObject);

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) =>
                named_parameters(recurse).Select(p => p.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(
                bool recurse = true,
                bool include_nonpersistent = true
            ) =>
                Tree(recurse)
                    .SelectMany(t =>
                        t.Module.ownBuffers.Where(b => include_nonpersistent || b.Value.Persistent)
                            .Select(b => (t.Prefix + b.Key, b.Value.Tensor))
                    )
                    .DistinctBy(b => b.Tensor, SameObject);

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(b => b.buffer);

            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            /// <summary>The parameter under a dotted name, or null.</summary>
            public virtual Parameter? get_parameter(string target) =>
                named_parameters().FirstOrDefault(p => p.name == target).parameter;

            /// <summary>The buffer under a dotted name, or null.</summary>
            public virtual Tensor? get_buffer(string target) =>
                named_buffers().FirstOrDefault(b => b.name == target).buffer;

            private static IEqualityComparer<Tensor> SameObject => ReferenceEqualityComparer.Instance;

            // This module and, where wanted, all below it, each with the prefix of its parts' names.
            private IEnumerable<(string Prefix, Module Module)> Tree(bool recurse) =>
                recurse ? named_modules().Select(m => (m.name + ".", m.module)).Prepend(("", this)) : [("", this)];
        }
    }
}
