namespace TorchSharp.Utils;

/// <summary>Gives a module's part another name than its field's.</summary>
[AttributeUsage(AttributeTargets.Field)]
public class ComponentNameAttribute : Attribute
{
    public string Name { get; set; } = "";
}
