using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public virtual void register_parameter(string name, Parameter param)
            {
                ArgumentNullException.ThrowIfNull(param);
                CheckName(name);
                ownParameters.Add(name, (Parameter)param.DetachFromDisposeScope());
            }

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                CheckName(name);
                ownBuffers.Add(name, (tensor.DetachFromDisposeScope(), persistent));
            }

            public virtual void register_module(string name, Module submodule)
            {
                ArgumentNullException.ThrowIfNull(submodule);
                CheckName(name);
                submodules.Add(name, submodule);
            }

            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Registers every field that holds a module, a parameter or a tensor (a buffer), base classes first, under its name.</summary>
            /// <remarks>A field that is registered already is left alone, so a base class and its heir may both call this.</remarks>
            protected virtual void RegisterComponents()
            {
                foreach (FieldInfo field in ComponentFields(GetType()))
                {
                    object? value = field.GetValue(this);
                    if (value is null || IsRegistered(value))
                    {
                        continue;
                    }

                    string key = ComponentName(field);
                    switch (value)
                    {
                        case Module module:
                            register_module(key, module);
                            break;
                        case Parameter parameter:
                            register_parameter(key, parameter);
                            break;
                        case Tensor tensor:
                            register_buffer(key, tensor);
                            break;
                        default:
                            break;
                    }
                }
            }

            private static IEnumerable<FieldInfo> ComponentFields(Type type) =>
                type == typeof(Module) || type.BaseType is null
                    ? []
                    : ComponentFields(type.BaseType)
                        .Concat(
                            type.GetFields(
                                    BindingFlags.Instance
                                        | BindingFlags.Public
                                        | BindingFlags.NonPublic
                                        | BindingFlags.DeclaredOnly
                                )
                                .OrderBy(field => field.MetadataToken)
                        );

            // An automatic property's field is named <property>k__BackingField.
            private static string ComponentName(FieldInfo field) =>
                field.GetCustomAttribute<ComponentNameAttribute>()?.Name
                ?? (field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>')] : field.Name);

            private bool IsRegistered(object value) =>
                submodules.Values.Any(m => ReferenceEquals(m, value))
                || ownParameters.Values.Any(p => ReferenceEquals(p, value))
                || ownBuffers.Values.Any(b => ReferenceEquals(b.Tensor, value));

            private void CheckName(string key)
            {
                if (string.IsNullOrEmpty(key) || key.Contains('.', StringComparison.Ordinal))
                {
                    throw new ArgumentException(
                        $"'{key}' can't name a part of {GetName()}: a name isn't empty and has no dot."
                    );
                }

                if (ownParameters.ContainsKey(key) || ownBuffers.ContainsKey(key) || submodules.ContainsKey(key))
                {
                    throw new ArgumentException($"{GetName()} has a part named '{key}' already.");
                }
            }
        }
    }
}
