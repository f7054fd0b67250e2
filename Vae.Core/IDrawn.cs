namespace Vae.Core;

/// <summary>A module that says itself how its own parameters begin.</summary>
public interface IDrawn
{
    /// <summary>Draws each of the module's own parameters; those of its parts are drawn by the parts.</summary>
    void Draw(Draws draws);
}
