namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers in TorchSharp; here there is none to be had, so an argument of this type is always null.</summary>
    /// <remarks>Numbers that must be reproducible come from Philox, as a pure function of their place.</remarks>
    public abstract class Generator
    {
        private protected Generator() { }
    }
}
