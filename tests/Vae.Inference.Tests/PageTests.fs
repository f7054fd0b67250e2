module Vae.Tests.PageTests

open System
open System.IO
open Microsoft.Playwright
open Xunit
open Vae.Inference
open Vae.Tests

let private chromium = "/usr/bin/chromium"

/// A fact that needs a browser; skipped, and counted as skipped, where there is none.
type BrowserFactAttribute() as this =
    inherit FactAttribute()

    do
        if not (File.Exists chromium) then
            this.Skip <- $"{chromium} is not there"

let private browse (width: int) (height: int) (test: IPage -> Threading.Tasks.Task<unit>) =
    task {
        use! playwright = Playwright.CreateAsync()

        let options =
            BrowserTypeLaunchOptions(
                ExecutablePath = chromium,
                Args =
                    [|
                        "--no-sandbox"
                        "--disable-gpu"
                        "--disable-quic"
                        "--no-first-run"
                        "--disable-background-networking"
                        "--disable-component-update"
                        "--disable-sync"
                    |]
            )

        let! browser = playwright.Chromium.LaunchAsync options

        let! page =
            browser.NewPageAsync(BrowserNewPageOptions(ViewportSize = ViewportSize(Width = width, Height = height)))

        let errors = ResizeArray<string>()
        page.PageError.Add errors.Add

        page.Console.Add(fun message ->
            if message.Type = "error" then
                errors.Add message.Text)

        do! test page
        Assert.Empty errors
        do! browser.CloseAsync()
    }

let private pixels (page: IPage) (canvas: string) =
    page.EvaluateAsync<string>($"document.getElementById('{canvas}').toDataURL()")

/// Waits until the page says so. Every look is an evaluation of its own: the page's content security policy,
/// which stays in force here, forbids the eval by which WaitForFunctionAsync looks again.
let private until (page: IPage) (condition: string) (argument: obj) =
    task {
        let clock = Diagnostics.Stopwatch.StartNew()
        let mutable met = false

        while not met do
            let! now = page.EvaluateAsync<bool>(condition, argument)
            met <- now

            if not met then
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds 30.0, $"never true: {condition}")
                do! Threading.Tasks.Task.Delay 20
    }

/// Waits until the canvas shows something else.
let private changes (page: IPage) (canvas: string) (before: string) =
    until page "([id, before]) => document.getElementById(id).toDataURL() !== before" [| canvas; before |]

[<BrowserFact>]
let ``A slider moves and the picture changes; a drawing is encoded and reconstructed; the keyboard does all that too``
    ()
    =
    use folder = new Folder()
    folder.AddTiny()
    use serving = new Serving(folder)

    (browse 1200 900 (fun page ->
        task {
            let! _ = page.GotoAsync(serving.Service.Address.ToString())
            let slider = page.Locator("#sliders input").First
            do! slider.WaitForAsync()
            do! until page "() => document.getElementById('decoded').width === 4" null
            let! before = pixels page "decoded"
            do! slider.FocusAsync()

            for _ in 1..20 do
                do! page.Keyboard.PressAsync "ArrowRight"

            do! changes page "decoded" before
            let! value = slider.InputValueAsync()
            Assert.Equal("1", value)
            // The curl line asks for what is shown.
            do! until page "() => document.getElementById('curl-decode').textContent.includes('[1,0]')" null

            let samples = page.Locator "#samples"

            do! until page "() => document.getElementById('samples').naturalWidth > 0" null

            let! first = samples.GetAttributeAsync "src"
            do! page.Locator("#next").ClickAsync()

            do! until page "src => document.getElementById('samples').src !== src" first

            let! line = page.Locator("#curl-samples").TextContentAsync()
            Assert.Contains("/models/tiny/samples.png?seed=1", line)

            let! empty = pixels page "redrawn"
            let! box = page.Locator("#drawing").BoundingBoxAsync()
            do! page.Mouse.MoveAsync(box.X + box.Width * 0.05f, box.Y + box.Height * 0.1f)
            do! page.Mouse.DownAsync()
            do! page.Mouse.MoveAsync(box.X + box.Width * 0.3f, box.Y + box.Height * 0.1f)
            do! page.Mouse.UpAsync()
            do! changes page "redrawn" empty
            // Its upper left corner is inked, and that is what z1 sees.
            do! until page "() => document.querySelector('#sliders output').value === '1.00'" null

            let! drawn = pixels page "drawing"
            do! page.Locator("#drawing").FocusAsync()
            do! page.Keyboard.DownAsync " "
            do! page.Keyboard.PressAsync "ArrowDown"
            do! page.Keyboard.PressAsync "ArrowDown"
            do! page.Keyboard.UpAsync " "
            do! changes page "drawing" drawn
            do! page.Locator("#clear").ClickAsync()
            let! cleared = pixels page "drawing"
            Assert.NotEqual<string>(drawn, cleared)
        }))
        .Wait()

[<BrowserFact>]
let ``On a phone nothing is wider than the screen; with a token the page asks for it`` () =
    use folder = new Folder()
    folder.AddTiny()

    use serving =
        new Serving(ServiceOptions(Folders = [| folder.Path |], Port = 0, DrainDelay = TimeSpan.Zero, Token = "sesame"))

    let visit =
        task {
            use! playwright = Playwright.CreateAsync()

            let! browser =
                playwright.Chromium.LaunchAsync(
                    BrowserTypeLaunchOptions(ExecutablePath = chromium, Args = [| "--no-sandbox"; "--disable-gpu" |])
                )

            let! page =
                browser.NewPageAsync(BrowserNewPageOptions(ViewportSize = ViewportSize(Width = 360, Height = 740)))

            let! _ = page.GotoAsync(serving.Service.Address.ToString())
            do! page.Locator("#token").FillAsync "sesame"
            do! page.Keyboard.PressAsync "Enter"
            do! page.Locator("#sliders input").First.WaitForAsync()
            let! width = page.EvaluateAsync<int> "document.documentElement.scrollWidth"
            Assert.InRange(width, 1, 360)
            let! line = page.Locator("#curl-samples").TextContentAsync()
            Assert.DoesNotContain("sesame", line)
            do! browser.CloseAsync()
        }

    visit.Wait()
