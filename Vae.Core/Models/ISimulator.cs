namespace Vae.Core.Models;

/// <summary>A model that can draw data from itself: x ~ p(x | z).</summary>
public interface ISimulator
{
    /// <summary>x ~ p(x | z), in a class where the model conditions on it, as a function of standard normal noise. z: [B, Z], noise: [B, SimulationNoiseSize] → [B, D].</summary>
    Tensor Simulate(Tensor z, Tensor noise, Tensor? label);

    /// <summary>How many standard normal numbers one x takes.</summary>
    long SimulationNoiseSize { get; }
}
